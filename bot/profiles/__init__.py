"""Settings that install themselves: files, codes and text made from what is known, without any network."""
