#include "clients/cli/render/wrap.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_split.h"
#include "base/string_views.h"
#include "clients/cli/render/text_width.h"

namespace quotacast::cli {
namespace {

// The longest piece of `word` that fits `width_columns`, at least one byte, never inside a
// UTF-8 sequence.
size_t FittingBytes(std::string_view word, int width_columns) {
  size_t fitting = 0;
  for (size_t end = 1; end <= word.size(); ++end) {
    const bool boundary =
        end == word.size() || (static_cast<unsigned char>(word[end]) & 0xc0) != 0x80;
    if (!boundary) continue;
    if (fitting > 0 && DisplayWidth(word.substr(0, end)) > width_columns) break;
    fitting = end;
  }
  return fitting;
}

}  // namespace

std::string Wrap(std::string_view text, int width_columns, std::string_view first_prefix) {
  const std::string indent(DisplayWidth(first_prefix), ' ');
  const int room = std::max(10, width_columns - DisplayWidth(first_prefix));
  std::string out;
  std::string prefix(first_prefix);
  const auto flush = [&](const std::string& line) {
    out += prefix + line;
    while (!out.empty() && out.back() == ' ') out.pop_back();
    out += '\n';
    prefix = indent;
  };
  const std::vector<std::string> paragraphs = absl::StrSplit(AbslView(text), '\n');
  for (const std::string& paragraph : paragraphs) {
    std::string line;
    const std::vector<std::string> words = absl::StrSplit(paragraph, ' ', absl::SkipEmpty());
    for (const std::string& whole : words) {
      std::string_view word = whole;
      if (!line.empty() && DisplayWidth(line) + 1 + DisplayWidth(word) > room) {
        flush(line);
        line.clear();
      }
      while (DisplayWidth(word) > room) {
        const size_t piece = FittingBytes(word, room);
        flush(std::string(word.substr(0, piece)));
        word.remove_prefix(piece);
      }
      if (!line.empty()) line += ' ';
      line += word;
    }
    flush(line);
  }
  return out;
}

}  // namespace quotacast::cli
