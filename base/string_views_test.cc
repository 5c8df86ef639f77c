// Goal: the bridges keep the bytes, zeros included, and copy nothing. Method: compare addresses.
#include "base/string_views.h"

#include <string>
#include <string_view>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace quotacast {
namespace {

TEST(StringViewsTest, KeepAddressAndLength) {
  const std::string text("a\0b", 3);
  const absl::string_view bridged = AbslView(std::string_view(text).substr(1));
  EXPECT_EQ(bridged.data(), text.data() + 1);
  EXPECT_EQ(bridged.size(), 2u);
  const std::string_view back = StdView(bridged);
  EXPECT_EQ(back.data(), text.data() + 1);
  EXPECT_EQ(back.size(), 2u);
  EXPECT_TRUE(AbslView(std::string_view()).empty());
}

}  // namespace
}  // namespace quotacast
