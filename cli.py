"""The door to the command line from a checkout: ``python cli.py extract page.txt``."""

from extractor.commands import main

if __name__ == "__main__":
    main()
