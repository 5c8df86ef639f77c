// Goal: shapes as SVG elements, with nothing from data left to be read as markup. Method: golden
// text.
#include "clients/cli/render/svg_writer.h"

#include <string>

#include "gtest/gtest.h"

namespace quotacast::cli {
namespace {

TEST(SvgWriterTest, ShapesInOrder) {
  SvgWriter svg(100, 50.5, "a \"picture\"");
  svg.Rect({1, 2.25}, 3, 4.004, "bar", "<tip>");
  svg.Line({0, 0}, {-0.001, 10}, "axis");
  svg.Circle({5, 5}, 2, "dot");
  svg.Text({7, 8}, "R&D", "label", Anchor::kMiddle);
  EXPECT_EQ(svg.Render(),
            "<svg role=\"img\" aria-label=\"a &quot;picture&quot;\" viewBox=\"0 0 100 50.5\" "
            "width=\"100\" height=\"50.5\">\n"
            "<rect x=\"1\" y=\"2.25\" width=\"3\" height=\"4\" class=\"bar\">"
            "<title>&lt;tip&gt;</title></rect>\n"
            "<line x1=\"0\" y1=\"0\" x2=\"0\" y2=\"10\" class=\"axis\"/>\n"
            "<circle cx=\"5\" cy=\"5\" r=\"2\" class=\"dot\"/>\n"
            "<text x=\"7\" y=\"8\" text-anchor=\"middle\" class=\"label\">R&amp;D</text>\n"
            "</svg>\n");
}

TEST(SvgWriterTest, EscapesEverythingThatIsMarkup) {
  EXPECT_EQ(EscapeMarkup("<a href='x'>\"&\"\n"), "&lt;a href=&#39;x&#39;&gt;&quot;&amp;&quot;?");
  EXPECT_EQ(EscapeMarkup("Zoë"), "Zoë");
}

}  // namespace
}  // namespace quotacast::cli
