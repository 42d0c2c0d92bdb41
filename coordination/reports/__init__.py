"""Reports: frozen, plain values, and what becomes of them on paper and in a spreadsheet."""
