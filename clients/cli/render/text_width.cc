#include "clients/cli/render/text_width.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>

namespace quotacast::cli {
namespace {

// One thing that is drawn, or a colour sequence of width 0.
struct Glyph {
  size_t byte_count;
  int width_columns;
  bool is_control;
};

struct Range {
  uint32_t first, last;
};

// The blocks that matter in names of people and companies (Unicode 15, Grapheme_Extend and
// East_Asian_Width W), coarsely.
constexpr Range kCombining[] = {{0x0300, 0x036f}, {0x0483, 0x0489}, {0x0591, 0x05bd},
                                {0x0610, 0x061a}, {0x064b, 0x065f}, {0x1ab0, 0x1aff},
                                {0x1dc0, 0x1dff}, {0x200b, 0x200f}, {0x20d0, 0x20ff},
                                {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}};
constexpr Range kWide[] = {{0x1100, 0x115f},   {0x2e80, 0x303e},   {0x3041, 0x33ff},
                           {0x3400, 0x4dbf},   {0x4e00, 0x9fff},   {0xa000, 0xa4cf},
                           {0xac00, 0xd7a3},   {0xf900, 0xfaff},   {0xfe30, 0xfe6f},
                           {0xff00, 0xff60},   {0xffe0, 0xffe6},   {0x1f300, 0x1f64f},
                           {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd}};

template <size_t kCount>
bool Contains(const Range (&ranges)[kCount], uint32_t code_point) {
  return std::any_of(std::begin(ranges), std::end(ranges), [&](const Range& range) {
    return code_point >= range.first && code_point <= range.last;
  });
}

// Decodes the first code point; `byte_count` 1 and the byte itself when it is not UTF-8.
uint32_t Decode(std::string_view text, size_t& byte_count) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  byte_count = 1;
  if (lead < 0x80) return lead;
  const size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 0;
  if (length == 0 || lead > 0xf4 || text.size() < length) return lead;
  uint32_t code_point = lead & (0xffu >> (length + 1));
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return lead;
    code_point = code_point << 6 | (byte(i) & 0x3fu);
  }
  byte_count = length;
  return code_point;
}

Glyph FirstGlyph(std::string_view text) {
  if (text.size() > 1 && text[0] == '\x1b' && text[1] == '[') {
    const size_t end = text.find('m');
    if (end != std::string_view::npos) return {end + 1, 0, false};
  }
  size_t byte_count = 1;
  const uint32_t code_point = Decode(text, byte_count);
  const bool control = code_point < 0x20 || code_point == 0x7f ||
                       (byte_count > 1 && code_point >= 0x80 && code_point < 0xa0);
  if (byte_count == 1) return {1, 1, control};
  if (Contains(kCombining, code_point)) return {byte_count, 0, control};
  return {byte_count, Contains(kWide, code_point) ? 2 : 1, control};
}

}  // namespace

int DisplayWidth(std::string_view text) {
  int width = 0;
  while (!text.empty()) {
    const Glyph glyph = FirstGlyph(text);
    width += glyph.width_columns;
    text.remove_prefix(glyph.byte_count);
  }
  return width;
}

std::string PadRight(std::string_view text, int width_columns) {
  return std::string(text) + std::string(std::max(0, width_columns - DisplayWidth(text)), ' ');
}

std::string PadLeft(std::string_view text, int width_columns) {
  return std::string(std::max(0, width_columns - DisplayWidth(text)), ' ') + std::string(text);
}

std::string Truncate(std::string_view text, int width_columns, bool unicode) {
  const bool cut = DisplayWidth(text) > width_columns;
  const int room = cut ? width_columns - 1 : width_columns;
  std::string out;
  int width = 0;
  while (!text.empty()) {
    const Glyph glyph = FirstGlyph(text);
    const bool is_color = text[0] == '\x1b' && glyph.width_columns == 0;
    if (width + glyph.width_columns > room) break;
    if (!is_color) out.append(text.substr(0, glyph.byte_count));
    width += glyph.width_columns;
    text.remove_prefix(glyph.byte_count);
  }
  if (cut) out += unicode ? "…" : "~";
  return out;
}

std::string Printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    // Decoded without regard to colour sequences: data must not colour the terminal either.
    const bool escape = text[0] == '\x1b';
    const Glyph glyph = escape ? Glyph{1, 1, true} : FirstGlyph(text);
    if (glyph.is_control) {
      out += '?';
    } else {
      out.append(text.substr(0, glyph.byte_count));
    }
    text.remove_prefix(glyph.byte_count);
  }
  return out;
}

}  // namespace quotacast::cli
