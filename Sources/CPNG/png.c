#include "CPNG.h"

#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// One reading of a file in memory. It is a caller's local that only pointers reach, and so keeps
// its values over a longjmp.
struct reading {
  const uint8_t *bytes;
  size_t count, position;
  char *message;
  png_structp png;
  png_infop info;
  png_bytep *rows;
};

static void take(png_structp png, png_bytep target, size_t count) {
  struct reading *reading = png_get_io_ptr(png);
  if (count > reading->count - reading->position) png_error(png, "the file is truncated");
  memcpy(target, reading->bytes + reading->position, count);
  reading->position += count;
}

static void fail(png_structp png, png_const_charp reason) {
  struct reading *reading = png_get_error_ptr(png);
  snprintf(reading->message, CPNG_MESSAGE_SIZE, "%s", reason);
  png_longjmp(png, 1);
}

static void ignore_warning(png_structp png, png_const_charp reason) {
  (void)png;
  (void)reason;
}

static void end(struct reading *reading) {
  free(reading->rows);
  png_destroy_read_struct(&reading->png, &reading->info, NULL);
}

// Reads up to the pixels. Nothing is allocated by the size of the picture yet.
static void begin(struct reading *reading, struct cpng_header *header) {
  png_structp png = reading->png;
  png_set_read_fn(png, reading, take);
  png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  // Texts and profiles are not wanted at all.
  png_set_chunk_malloc_max(png, 1 << 20);
  png_set_chunk_cache_max(png, 128);
  png_read_info(png, reading->info);
  header->width = png_get_image_width(png, reading->info);
  header->height = png_get_image_height(png, reading->info);
  int color = png_get_color_type(png, reading->info);
  bool has_alpha = color & PNG_COLOR_MASK_ALPHA || png_get_valid(png, reading->info, PNG_INFO_tRNS);
  header->channels = (color & PNG_COLOR_MASK_COLOR ? 3 : 1) + has_alpha;
}

static void read_rows(struct reading *reading, const struct cpng_header *header, uint16_t *target,
                      size_t capacity) {
  png_structp png = reading->png;
  size_t row = (size_t)header->width * (size_t)header->channels;
  if (row > capacity / header->height) png_error(png, "there is no room for the picture");
  png_set_expand_16(png);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  png_set_swap(png);
#endif
  png_set_interlace_handling(png);
  png_read_update_info(png, reading->info);
  if (png_get_rowbytes(png, reading->info) != row * sizeof(uint16_t)) {
    png_error(png, "rows have an unexpected size");
  }
  reading->rows = malloc(header->height * sizeof(png_bytep));
  if (!reading->rows) png_error(png, "out of memory");
  for (size_t y = 0; y < header->height; y++) reading->rows[y] = (png_bytep)(target + y * row);
  png_read_image(png, reading->rows);
  png_read_end(png, NULL);
}

// target: NULL to read the header alone.
static bool run(struct reading *reading, struct cpng_header *header, uint16_t *target,
                size_t capacity) {
  reading->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, reading, fail, ignore_warning);
  if (reading->png) reading->info = png_create_info_struct(reading->png);
  if (!reading->info) {
    snprintf(reading->message, CPNG_MESSAGE_SIZE, "libpng could not be started");
    end(reading);
    return false;
  }
  if (setjmp(png_jmpbuf(reading->png))) {
    end(reading);
    return false;
  }
  begin(reading, header);
  if (target) read_rows(reading, header, target, capacity);
  end(reading);
  return true;
}

bool cpng_read_header(const uint8_t *bytes, size_t count, struct cpng_header *header,
                      char message[CPNG_MESSAGE_SIZE]) {
  struct reading reading = {.bytes = bytes, .count = count, .message = message};
  return run(&reading, header, NULL, 0);
}

bool cpng_read_pixels(const uint8_t *bytes, size_t count, uint16_t *target, size_t capacity,
                      char message[CPNG_MESSAGE_SIZE]) {
  struct reading reading = {.bytes = bytes, .count = count, .message = message};
  struct cpng_header header = {0};
  return run(&reading, &header, target, capacity);
}
