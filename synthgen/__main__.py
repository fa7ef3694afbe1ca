"""`python -m synthgen` is the command line."""

from synthgen.cli.main import main

if __name__ == "__main__":
    main()
