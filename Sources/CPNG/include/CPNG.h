// Reads PNG pictures with libpng. libpng leaves by longjmp where a file is bad, and no such jump may
// cross a Swift frame: these functions catch every one, and return.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CPNG_MESSAGE_SIZE 128

// What a picture is once read.
struct cpng_header {
  uint32_t width, height;
  // 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha.
  int channels;
};

// Reads what comes before the pixels. Palettes count as RGB, a transparent colour as alpha.
// Returns false for a bad file, with libpng's reason, ended by a zero byte, in `message`.
// Allocates what libpng needs and frees it; reentrant.
bool cpng_read_header(const uint8_t *bytes, size_t count, struct cpng_header *header,
                      char message[CPNG_MESSAGE_SIZE]);

// Reads the pixels, row major from the top left, 16 bits for each channel in the machine's order,
// whatever the file's depth: 65535 is the largest value of any. Nothing is done about gamma.
// target: capacity numbers, at least width * height * channels of the header; else returns false.
// Also false for a bad file, as above; target then holds anything.
bool cpng_read_pixels(const uint8_t *bytes, size_t count, uint16_t *target, size_t capacity,
                      char message[CPNG_MESSAGE_SIZE]);
