// Goal: docs/formats/import_profiles.md says what the code does. Method: its example must parse;
// every reason that a source file of this package uses must be on the page, and every key and
// field must be. Likewise docs/errors.md and the reasons of the log's API.
#include <cstddef>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "services/ingestion/import_profile.h"
#include "services/ingestion/shipped_profiles.h"

namespace quotacast::ingestion {
namespace {

std::string ReadFile(const std::string& path) {
  std::ifstream stream(path);
  std::ostringstream text;
  text << stream.rdbuf();
  EXPECT_TRUE(stream.good()) << path;
  return text.str();
}

std::string Page() { return ReadFile("docs/formats/import_profiles.md"); }

TEST(DocumentationTest, TheFullExampleIsAProfile) {
  const std::string page = Page();
  const std::string fence = "```toml\n";
  const size_t begin = page.find(fence);
  ASSERT_NE(begin, std::string::npos);
  const size_t end = page.find("```", begin + fence.size());
  const auto profile = ParseImportProfile(
      std::string_view(page).substr(begin + fence.size(), end - begin - fence.size()),
      ShippedProfileText);
  ASSERT_TRUE(profile.ok()) << profile.status();
  EXPECT_EQ(profile->name, "our_crm");
  EXPECT_EQ(profile->files.size(), 3u);
}

TEST(DocumentationTest, EveryReasonIsDocumented) {
  const std::string page = Page();
  // Reasons are the string literals in capitals with an underscore.
  const std::regex reason("\"([A-Z][A-Z0-9]*(_[A-Z0-9]+)+)\"");
  std::set<std::string> reasons;
  for (const char* name :
       {"csv_reader", "event_appender", "importer", "ingestion", "mapped_file", "field_setter",
        "file_decoder", "opportunity_change_rows", "opportunity_rows", "record_rows", "row_values",
        "suspicions", "toml_reader"}) {
    const std::string source = ReadFile(absl::StrCat("services/ingestion/", name, ".cc"));
    for (std::sregex_iterator it(source.begin(), source.end(), reason), end; it != end; ++it) {
      reasons.insert((*it)[1]);
    }
  }
  EXPECT_GT(reasons.size(), 35u);
  for (const std::string& name : reasons) {
    EXPECT_NE(page.find(absl::StrCat("`", name, "`")), std::string::npos) << name;
  }
}

TEST(DocumentationTest, EveryReasonOfTheLogsApiIsAmongTheErrors) {
  const std::string page = ReadFile("docs/errors.md");
  const std::regex reason("\"([A-Z][A-Z0-9]*(_[A-Z0-9]+)+|UNREADABLE)\"");
  std::set<std::string> reasons;
  for (const char* name : {"event_append", "event_feed", "event_rules", "log_operations",
                           "person_erasure", "request_ids", "workspace_limits"}) {
    const std::string source = ReadFile(absl::StrCat("services/ingestion/", name, ".cc"));
    for (std::sregex_iterator it(source.begin(), source.end(), reason), end; it != end; ++it) {
      reasons.insert((*it)[1]);
    }
  }
  EXPECT_GT(reasons.size(), 15u);
  for (const std::string& name : reasons) {
    EXPECT_NE(page.find(absl::StrCat("`", name, "`")), std::string::npos) << name;
  }
}

TEST(DocumentationTest, EveryFieldIsDocumented) {
  const std::string page = Page();
  for (const Entity entity : kEntities) {
    const std::string row = absl::StrCat("| `", std::string(EntityName(entity)), "` | ");
    const size_t begin = page.find(row);
    ASSERT_NE(begin, std::string::npos) << row;
    std::string expected;
    for (const EntityField& field : EntityFields(entity)) {
      const std::string mark = field.required ? "**" : "";
      absl::StrAppend(&expected, expected.empty() ? "" : ", ", mark, std::string(field.name), mark);
    }
    EXPECT_EQ(page.substr(begin + row.size(), expected.size()), expected);
  }
}

}  // namespace
}  // namespace quotacast::ingestion
