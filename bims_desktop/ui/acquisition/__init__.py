"""The acquisition panel: how the image behind a layer was taken, what is missing, and the microscope's own text."""
