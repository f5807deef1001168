"""Pure arithmetic of routing: labelled pairs in, routes with their accuracies out."""
