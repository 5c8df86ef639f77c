// Goal: every shipped profile is valid, named after its file, and reads what its name says.
// Method: each is parsed; the promises that other parts rely on are stated one by one.
#include "services/ingestion/shipped_profiles.h"

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "base/civil_date.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/ingestion/import_profile.h"

namespace quotacast::ingestion {
namespace {

using testing::ElementsAre;

TEST(ShippedProfilesTest, AllAreValidAndExplainThemselves) {
  EXPECT_THAT(ShippedProfileNames(),
              ElementsAre("adventureworks", "adventureworks_powerbi", "bpi_2012", "crm_history",
                          "maventech", "maventech_dmy", "maventech_mdy", "olist_funnel",
                          "pipeline_2015", "quotas", "salesforce_history", "school_crm"));
  for (const std::string_view name : ShippedProfileNames()) {
    SCOPED_TRACE(std::string(name));
    const std::string_view text = ShippedProfileText(name).value();
    const auto profile = ParseImportProfile(text, ShippedProfileText);
    ASSERT_TRUE(profile.ok()) << profile.status();
    EXPECT_EQ(profile->name, name);
    EXPECT_FALSE(profile->description.empty());
    // Each begins with a comment that says where such files come from.
    EXPECT_EQ(text.substr(0, 2), "# ");
  }
  EXPECT_FALSE(ShippedProfileText("salesforce").has_value());
}

TEST(ShippedProfilesTest, MavenTechVariantsDifferInDatesOnly) {
  const auto parse = [](std::string_view name) {
    return ParseImportProfile(ShippedProfileText(name).value(), ShippedProfileText).value();
  };
  const ImportProfile iso = parse("maventech");
  const ImportProfile mdy = parse("maventech_mdy");
  const ImportProfile dmy = parse("maventech_dmy");
  EXPECT_EQ(iso.forms.date_order, DateOrder::kIso);
  EXPECT_EQ(mdy.forms.date_order, DateOrder::kMonthDayYear);
  EXPECT_EQ(dmy.forms.date_order, DateOrder::kDayMonthYear);
  // One source: the same deal has the same id whichever variant it came from.
  EXPECT_EQ(mdy.source, iso.source);
  EXPECT_EQ(dmy.source, iso.source);
  EXPECT_EQ(mdy.files.size(), iso.files.size());
  EXPECT_EQ(iso.aliases.at("product_id").at("GTXPro"), "GTX Pro");
}

}  // namespace
}  // namespace quotacast::ingestion
