"""The typefaces of what the server draws itself, papers and share pictures. Latin and Arabic, with our letters only."""

from pathlib import Path

FOLDER = Path(__file__).parent
