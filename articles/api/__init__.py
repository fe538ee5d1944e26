"""The content API, version 1: what readers may read, as JSON for programs.

Tables say what there is: `parameters` what may be asked, `stories.FIELDS` and `shelves` what is told. The same tables
read an address, draw an answer and write the OpenAPI document, so that none of the three can drift from the others.
"""
