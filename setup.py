"""What goes into the wheel: the library, and inside it the model and the starter corpus, so that a copy works alone."""

from setuptools import find_packages, setup

SHIPPED = {"extractor._models": "models", "extractor._als_msc": "corpora/als_msc"}

setup(
    packages=[*find_packages(include=["extractor", "extractor.*"]), *SHIPPED],
    package_dir=SHIPPED,
    package_data={
        "extractor": ["py.typed"],
        "extractor.lexicons": ["*.tsv"],
        "extractor.schemas": ["*.json"],
        "extractor.evaluate": ["*.html"],
        "extractor.report": ["assets/*"],
        "extractor.second": ["*.txt"],
        "extractor.scan": ["*.html"],
        "extractor.scan.topics": ["*.toml"],
        "extractor.verify": ["*.html"],
        "extractor._models": ["**/*"],
        "extractor._als_msc": ["*.json"],
    },
)
