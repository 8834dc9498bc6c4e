#ifndef FEDLUA_CPNGREADER_H
#define FEDLUA_CPNGREADER_H

#include <stddef.h>

/// Room for a message of ``png_read_pixels``, its end included.
#define PNG_READ_MESSAGE_BYTES 128

/// Decodes a PNG file in memory into rows of grey or of red, green and blue, without transparency.
///
/// Numbers of 1 to 8 bits become 8 bits, those of 16 bits stay 16 bits in the byte order of this machine; palettes
/// become colors. Values come as they were saved: no gamma is applied. Every jump of libpng begins and ends inside.
///
/// @param file        The file's bytes.
/// @param count       Their number.
/// @param output      Room for `height` rows.
/// @param row_bytes   Bytes of a row as the caller has counted them; a file that needs others is refused.
/// @param height      Rows as the caller has counted them.
/// @param message     Room for what is wrong.
/// @return 1 for success, 0 otherwise.
int png_read_pixels(
  const unsigned char *file, size_t count, unsigned char *output, size_t row_bytes, size_t height,
  char message[PNG_READ_MESSAGE_BYTES]);

#endif
