// Pictures as SVG, to stand inside a page: shapes with classes that the page's style sheet colours,
// so that one picture is light or dark as its reader is.
#ifndef QUOTACAST_CLIENTS_CLI_RENDER_SVG_WRITER_H_
#define QUOTACAST_CLIENTS_CLI_RENDER_SVG_WRITER_H_

#include <string>
#include <string_view>

namespace quotacast::cli {

// Text as it stands in HTML and SVG, in attributes too; control characters (a name from a CRM may
// hold any) become '?'.
std::string EscapeMarkup(std::string_view text);

enum class Anchor { kStart, kMiddle, kEnd };

struct SvgPoint {
  double x = 0;
  double y = 0;
};

// Shapes in the order they are added, later ones on top. Coordinates are pixels, y downwards, and
// written with two decimals at most. `css_class` is ours and not escaped; a `tip`, when it is not
// empty, is shown under the pointer and read aloud.
class SvgWriter {
 public:
  // `label` says what the picture shows to who cannot see it.
  SvgWriter(double width, double height, std::string_view label);

  void Rect(SvgPoint corner, double width, double height, std::string_view css_class,
            std::string_view tip = "");
  void Line(SvgPoint from, SvgPoint to, std::string_view css_class);
  void Circle(SvgPoint centre, double radius, std::string_view css_class,
              std::string_view tip = "");
  void Text(SvgPoint at, std::string_view text, std::string_view css_class,
            Anchor anchor = Anchor::kStart);

  // The whole element.
  std::string Render() const;

 private:
  void Shape(std::string_view tag, std::string_view attributes, std::string_view css_class,
             std::string_view tip);

  const double width_;
  const double height_;
  const std::string label_;
  std::string shapes_;
};

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_RENDER_SVG_WRITER_H_
