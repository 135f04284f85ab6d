"""Paper: PDF from data by Typst, QR codes, and the check that a name can be printed at all."""
