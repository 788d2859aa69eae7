"""Every image format in, OME-TIFF out, and the record in the file."""
