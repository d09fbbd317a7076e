"""How each reference in docs/reference is made; `python docs/generate.py` writes them."""
