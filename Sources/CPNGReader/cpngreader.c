#include "cpngreader.h"

#include <png.h>
#include <setjmp.h>
#include <string.h>

// libpng's simplified interface would need no jumps here, but turns interlaced pictures of 16 bits into wrong pixels.

struct source {
  const unsigned char *bytes;
  size_t count;
  size_t position;
};

static void keep_message(png_structp png, png_const_charp text) {
  char *message = png_get_error_ptr(png);
  strncpy(message, text, PNG_READ_MESSAGE_BYTES - 1);
  message[PNG_READ_MESSAGE_BYTES - 1] = 0;
  png_longjmp(png, 1);
}

static void pass_over_warning(png_structp png, png_const_charp text) {
  (void)png;
  (void)text;
}

static void read_bytes(png_structp png, png_bytep output, size_t count) {
  struct source *source = png_get_io_ptr(png);
  if (count > source->count - source->position) png_error(png, "it ends early");
  memcpy(output, source->bytes + source->position, count);
  source->position += count;
}

static void ask_for_plain_pixels(png_structp png, png_infop info) {
  png_set_palette_to_rgb(png);
  if (png_get_bit_depth(png, info) < 8) png_set_expand_gray_1_2_4_to_8(png);
  png_set_strip_alpha(png);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  png_set_swap(png);
#endif
}

int png_read_pixels(
  const unsigned char *file, size_t count, unsigned char *output, size_t row_bytes, size_t height,
  char message[PNG_READ_MESSAGE_BYTES]) {
  struct source source = {file, count, 0};
  message[0] = 0;
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, message, keep_message, pass_over_warning);
  if (!png) return 0;
  png_infop volatile info = png_create_info_struct(png);
  if (!info || setjmp(png_jmpbuf(png))) {
    png_infop made = info;
    png_destroy_read_struct(&png, made ? &made : NULL, NULL);
    return 0;
  }
  png_set_benign_errors(png, 1);
  png_set_read_fn(png, &source, read_bytes);
  png_read_info(png, info);
  ask_for_plain_pixels(png, info);
  int passes = png_set_interlace_handling(png);
  png_read_update_info(png, info);
  if (png_get_rowbytes(png, info) != row_bytes || png_get_image_height(png, info) != height)
    png_error(png, "its header does not fit its pixels");
  for (int pass = 0; pass < passes; pass++)
    for (size_t row = 0; row < height; row++) png_read_row(png, output + row * row_bytes, NULL);
  png_read_end(png, NULL);
  png_infop made = info;
  png_destroy_read_struct(&png, &made, NULL);
  return 1;
}
