# Set-up and tasks. `make demo` and `make test` need Python 3.11 or 3.12 and nothing else.
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
DEMO := demo
# reports of the starter corpus; copies that were damaged on purpose, for the tests, are left out
DEMO_REPORTS := $(filter-out %-ascii.json %-mojibake.json %-lostexp.json %-lostx.json,$(sort $(wildcard corpora/als_msc/*.json)))

# nmslib, which scispaCy needs, has no wheel beyond 3.12
PYTHON ?= $(shell for p in python3.12 python3.11 python3 python; do \
  $$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 13))' 2>/dev/null && { echo $$p; break; }; done)

# the tests start the program some hundred times: it need not be compiled anew each time
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test torture lint bench docs sbom lock wheel clean

$(READY): requirements.lock pyproject.toml
	@if [ -z "$(PYTHON)" ]; then echo "make: no Python 3.11 or 3.12 found; install one, or name it: make PYTHON=/path/to/python3.11" >&2; exit 2; fi
	@"$(PYTHON)" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 13))' || { echo "make: $(PYTHON) is not Python 3.11 or 3.12" >&2; exit 2; }
	"$(PYTHON)" -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(READY)

demo: $(READY)  ## extract the starter corpus, store it, print the characteristics table, write the report
	@mkdir -p $(DEMO)
	$(BIN)/trialspan extract $(DEMO_REPORTS) --store $(DEMO)/trialspan.db --format jsonl -o $(DEMO)/records.jsonl
	$(BIN)/trialspan list --store $(DEMO)/trialspan.db
	$(BIN)/trialspan link --store $(DEMO)/trialspan.db
	$(BIN)/trialspan export --store $(DEMO)/trialspan.db --format xlsx -o $(DEMO)/characteristics.xlsx
	$(BIN)/trialspan export --store $(DEMO)/trialspan.db --format docx -o $(DEMO)/characteristics.docx
	$(BIN)/trialspan export --store $(DEMO)/trialspan.db --format csv -o $(DEMO)/facts.csv
	$(BIN)/trialspan report --store $(DEMO)/trialspan.db -o $(DEMO)/report.html
	@echo "written: $(DEMO)/trialspan.db (the store), $(DEMO)/records.jsonl (records), $(DEMO)/characteristics.xlsx and .docx (the tables), $(DEMO)/facts.csv (one row a fact), $(DEMO)/report.html (open it in a browser)"
	@echo "next: $(BIN)/trialspan show barczewska2019 --store $(DEMO)/trialspan.db"

test: $(READY)  ## run the tests; what is missing here is skipped with its reason
	$(BIN)/python -m pytest -q -n 2 --dist worksteal

torture: $(READY)  ## the whole of what the tests only sample; half an hour at most
	$(BIN)/python -m pytest -q -n 2 --dist worksteal -m torture --durations=20

lint: $(READY)  ## style, types, import contract
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(READY)  ## ratios against other tools, goals met or missed, on data of stated size; some twenty minutes
	$(BIN)/python bench/startup.py
	$(BIN)/python bench/throughput.py
	$(BIN)/python bench/pubmed_reader.py
	$(BIN)/python bench/linking.py
	$(BIN)/python bench/pooling.py
	$(BIN)/python bench/likelihood.py
	$(BIN)/python bench/graph.py
	$(BIN)/python -m bench.scan
	$(BIN)/python bench/verify.py corpora/als_msc
	$(BIN)/python bench/review.py

docs: $(READY)  ## write the generated parts of the documents again
	$(BIN)/python -m training.readme

wheel: $(READY)  ## source distribution, and of it the wheel, with model and starter corpus inside
	$(BIN)/python -m build --no-isolation

sbom: $(READY)  ## what is installed with which licence: the list in NOTICE, and a bill of materials (CycloneDX)
	$(BIN)/python -m training.sbom --notice
	$(BIN)/python -m training.sbom dist/sbom.json

lock:  ## resolve the dependencies again (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header requirements.in -o requirements.lock

clean:
	rm -rf $(VENV) $(DEMO) build dist *.egg-info
