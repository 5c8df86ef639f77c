// Goal: archives, workbooks and pictures under the name of a CSV file are told by name; text never
// is. Method: first bytes as their formats state them, and texts that come close.
#include "services/ingestion/foreign_format.h"

#include <string>
#include <string_view>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace quotacast::ingestion {
namespace {

using std::string_literals::operator""s;
using testing::HasSubstr;

TEST(ForeignFormatTest, KnowsWhatIsNoText) {
  const std::pair<std::string, std::string> cases[] = {
      {"PK\x03\x04\x14\x00\x06\x00"s, "xlsx"},
      {"PK\x05\x06\x00\x00"s, "empty ZIP"},
      {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "xls"},
      {"%PDF-1.7\n", "PDF"},
      {"SQLite format 3\0"s, "SQLite"},
      {"PAR1\x15\x04", "Parquet"},
      {"\xFD"
       "7zXZ\0"s,
       "xz"},
      {"BZh91AY", "bzip2"},
      {"\x28\xB5\x2F\xFD", "zstd"},
      {"\x89PNG\r\n", "picture"},
  };
  for (const auto& [bytes, part] : cases) {
    const auto advice = ForeignFormat(bytes);
    ASSERT_TRUE(advice.has_value()) << part;
    EXPECT_THAT(std::string(*advice), HasSubstr(part));
  }
}

TEST(ForeignFormatTest, TextIsText) {
  for (const std::string_view text : {"", "P", "PK", "PK,id", "id,rep", "\xEF\xBB\xBFid", "%PDF",
                                      "BZ", "\x1F\x8B\x08", "\xFF\xFEi"}) {
    EXPECT_FALSE(ForeignFormat(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace quotacast::ingestion
