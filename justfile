# Commands for development; `just` lists them. They need the environment of `pip install -e ".[dev]"`.

default:
    @just --list

# All tests, or those named.
test *arguments:
    pytest {{arguments}}

# All tests but those that build and install the package.
quick:
    pytest -m "not wheel and not recording"

# Style, types and the catalogue.
lint:
    ruff check .
    ruff format --check .
    mypy
    llmselect catalog check
    llmselect catalog fit --check

# Rewrite the code in the project's format.
format:
    ruff check --fix .
    ruff format .

# The wheel and the source distribution, into dist/.
build:
    python -m build

# Everything that must pass, in fresh environments.
ci:
    .ci/run
