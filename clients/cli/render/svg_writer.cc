#include "clients/cli/render/svg_writer.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/string_views.h"
#include "clients/cli/render/text_width.h"

namespace quotacast::cli {
namespace {

// "12", "12.5", "12.25".
std::string Number(double value) {
  std::string text = absl::StrFormat("%.2f", value);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text == "-0" ? "0" : text;
}

const char* AnchorWord(Anchor anchor) {
  switch (anchor) {
    case Anchor::kStart:
      return "start";
    case Anchor::kMiddle:
      return "middle";
    case Anchor::kEnd:
      return "end";
  }
  return "start";
}

}  // namespace

std::string EscapeMarkup(std::string_view text) {
  std::string out;
  for (const char c : Printable(text)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

SvgWriter::SvgWriter(double width, double height, std::string_view label)
    : width_(width), height_(height), label_(label) {}

void SvgWriter::Shape(std::string_view tag, std::string_view attributes, std::string_view css_class,
                      std::string_view tip) {
  absl::StrAppend(&shapes_, "<", AbslView(tag), " ", AbslView(attributes), " class=\"",
                  AbslView(css_class), "\"");
  if (tip.empty()) {
    shapes_ += "/>\n";
  } else {
    absl::StrAppend(&shapes_, "><title>", EscapeMarkup(tip), "</title></", AbslView(tag), ">\n");
  }
}

void SvgWriter::Rect(SvgPoint corner, double width, double height, std::string_view css_class,
                     std::string_view tip) {
  Shape("rect",
        absl::StrCat("x=\"", Number(corner.x), "\" y=\"", Number(corner.y), "\" width=\"",
                     Number(width), "\" height=\"", Number(height), "\""),
        css_class, tip);
}

void SvgWriter::Line(SvgPoint from, SvgPoint to, std::string_view css_class) {
  Shape("line",
        absl::StrCat("x1=\"", Number(from.x), "\" y1=\"", Number(from.y), "\" x2=\"", Number(to.x),
                     "\" y2=\"", Number(to.y), "\""),
        css_class, "");
}

void SvgWriter::Circle(SvgPoint centre, double radius, std::string_view css_class,
                       std::string_view tip) {
  Shape("circle",
        absl::StrCat("cx=\"", Number(centre.x), "\" cy=\"", Number(centre.y), "\" r=\"",
                     Number(radius), "\""),
        css_class, tip);
}

void SvgWriter::Text(SvgPoint at, std::string_view text, std::string_view css_class,
                     Anchor anchor) {
  absl::StrAppend(&shapes_, "<text x=\"", Number(at.x), "\" y=\"", Number(at.y),
                  "\" text-anchor=\"", AnchorWord(anchor), "\" class=\"", AbslView(css_class),
                  "\">", EscapeMarkup(text), "</text>\n");
}

std::string SvgWriter::Render() const {
  return absl::StrCat("<svg role=\"img\" aria-label=\"", EscapeMarkup(label_), "\" viewBox=\"0 0 ",
                      Number(width_), " ", Number(height_), "\" width=\"", Number(width_),
                      "\" height=\"", Number(height_), "\">\n", shapes_, "</svg>\n");
}

}  // namespace quotacast::cli
