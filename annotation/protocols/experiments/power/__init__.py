"""How many pairs and annotators a comparison needs: the declared design, what may be changed, and the drawing."""
