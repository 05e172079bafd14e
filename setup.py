"""What goes into the wheel: the library, and inside it the model and the starter corpus, so that a copy works alone.

Each field is a spaCy component by an entry point; the list is read from the fields' own files.
"""

import re
from pathlib import Path

from setuptools import find_packages, setup

SHIPPED = {"extractor._models": "models", "extractor._als_msc": "corpora/als_msc"}
SHARED_PARTS = {
    "trial_sentences": "extractor.context.sentences:trial_sentences",
    "trial_abbreviations": "extractor.context.abbreviations:trial_abbreviations",
    "trial_roles": "extractor.context.roles:make_roles",
    "trial_plain": "extractor.context.view:trial_plain",
}
FIELD = re.compile(r'@field\(\s*"(\w+)".*?\nclass (\w+)', re.S)
FIELDS = {
    f"trial_{name}": f"extractor.fields.{path.stem}:{cls}"
    for path in sorted(Path(__file__).parent.glob("extractor/fields/*.py"))
    for name, cls in FIELD.findall(path.read_text(encoding="utf-8"))
}

setup(
    packages=[*find_packages(include=["extractor", "extractor.*"]), *SHIPPED],
    package_dir=SHIPPED,
    package_data={
        "extractor": ["py.typed"],
        "extractor.lexicons": ["*.tsv"],
        "extractor.schemas": ["*.json"],
        "extractor.evaluate": ["*.html"],
        "extractor.report": ["assets/*"],
        "extractor.review": ["assets/*"],
        "extractor.second": ["*.txt"],
        "extractor.scan": ["*.html"],
        "extractor.scan.topics": ["*.toml"],
        "extractor.verify": ["*.html"],
        "extractor._models": ["**/*"],
        "extractor._als_msc": ["*.json"],
    },
    entry_points={
        "console_scripts": ["trialspan = extractor.commands:main"],
        "spacy_factories": [f"{name} = {place}" for name, place in (SHARED_PARTS | FIELDS).items()],
    },
)
