"""Cards drawn with Pillow: canvas, glyphs, fonts, the match card, the session picture.

Here belongs drawing that every post may need. Not here: charts (they cost matplotlib)."""
