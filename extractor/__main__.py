"""``python -m extractor`` is the command line ``trialspan``."""

from extractor.commands import main

if __name__ == "__main__":
    main()
