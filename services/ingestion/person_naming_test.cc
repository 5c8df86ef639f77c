// Goal: a person is found wherever an event names them, and nothing else is taken for them.
// Method: events in text form before and after.
#include "services/ingestion/person_naming.h"

#include <string>
#include <vector>

#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "quotacast/crm/v1/crm_event.pb.h"

namespace quotacast::ingestion {
namespace {

const Person& Anna() {
  static const auto* const kAnna = new Person{crm::v1::ENTITY_KIND_REP, "R1234", {"Anna Snelling"}};
  return *kAnna;
}

crm::v1::CrmEvent Parse(const std::string& text) {
  crm::v1::CrmEvent event;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &event)) << text;
  return event;
}

TEST(PersonNamingTest, FieldsAndTextsAreRenamed) {
  struct Case {
    std::string before;
    std::string after;
  };
  const std::vector<Case> cases = {
      {"opportunity { opportunity_id: 'R1234' owner_rep_id: 'R1234' }",
       "opportunity { opportunity_id: 'R1234' owner_rep_id: 'E' }"},
      {"opportunity { splits { splits { rep_id: 'R1234' } splits { rep_id: 'R5' } } }",
       "opportunity { splits { splits { rep_id: 'E' } splits { rep_id: 'R5' } } }"},
      {"team { team_id: 't' manager_rep_id: 'R1234' display_name: 'Anna Snellings' }",
       "team { team_id: 't' manager_rep_id: 'E' display_name: 'Anna Snellings' }"},
      {"feedback { comment: 'Anna Snelling was late. (R1234)' account_id: 'Anna Snelling' }",
       "feedback { comment: 'E was late. (E)' account_id: 'Anna Snelling' }"},
      {"merge { entity: ENTITY_KIND_REP from_id: 'R1234' into_id: 'R2' }",
       "merge { entity: ENTITY_KIND_REP from_id: 'E' into_id: 'R2' }"},
      {"merge { entity: ENTITY_KIND_TEAM from_id: 'R1234' into_id: 'R2' }", ""},
      {"deletion { entity: ENTITY_KIND_REP entity_id: 'R1234' reason: 'R12345 left' }",
       "deletion { entity: ENTITY_KIND_REP entity_id: 'E' reason: 'R12345 left' }"},
      {"lead { lead_id: 'R1234' owner_rep_id: 'R12' }", ""},
      {"insight { finding: 'xR1234' evidence: 'éAnna Snelling' }", ""},
  };
  for (const Case& expected : cases) {
    crm::v1::CrmEvent event = Parse(expected.before);
    EXPECT_EQ(ReplacePerson(Anna(), "E", event), !expected.after.empty()) << expected.before;
    const std::string& after = expected.after.empty() ? expected.before : expected.after;
    EXPECT_EQ(event.DebugString(), Parse(after).DebugString());
  }
}

TEST(PersonNamingTest, LeadsHaveIdsOfTheirOwn) {
  const Person lead{crm::v1::ENTITY_KIND_LEAD, "77", {}};
  crm::v1::CrmEvent event =
      Parse("activity { activity_id: '77' rep_id: '77' lead_id: '77' opportunity_id: '77' }");
  EXPECT_TRUE(ReplacePerson(lead, "E", event));
  EXPECT_EQ(event.activity().lead_id(), "E");
  EXPECT_EQ(event.activity().rep_id(), "77");
  EXPECT_EQ(event.activity().activity_id(), "77");
  EXPECT_TRUE(IsAbout(lead, Parse("lead { lead_id: '77' }")));
  EXPECT_FALSE(IsAbout(lead, Parse("rep { rep_id: '77' }")));
  EXPECT_EQ(ReplacePersonInKey(lead, "E", "lead/77"), "lead/E");
  EXPECT_EQ(ReplacePersonInKey(lead, "E", "rep/77"), "rep/77");
  // Too short to be looked for in texts.
  event = Parse("insight { finding: '77 percent' }");
  EXPECT_FALSE(ReplacePerson(lead, "E", event));
}

TEST(PersonNamingTest, KeysOfWhatBelongsToARepAreRenamed) {
  EXPECT_EQ(ReplacePersonInKey(Anna(), "E", "rep/R1234"), "rep/E");
  EXPECT_EQ(ReplacePersonInKey(Anna(), "E", "quota/R1234/2017Q4"), "quota/E/2017Q4");
  EXPECT_EQ(ReplacePersonInKey(Anna(), "E", "quota/rep:R1234/2017Q4"), "quota/rep:E/2017Q4");
  EXPECT_EQ(ReplacePersonInKey(Anna(), "E", "rep_forecast/R1234/2017Q4"), "rep_forecast/E/2017Q4");
  for (const char* key : {"rep/R12345", "quota/R2/R1234", "opportunity/R1234", "account/R1234",
                          "fiscal_calendar", "odd"}) {
    EXPECT_EQ(ReplacePersonInKey(Anna(), "E", key), key);
  }
}

TEST(PersonNamingTest, BytesOfAnyKindMentionThePerson) {
  EXPECT_TRUE(MentionsPerson(Anna(), "a row, R1234, more"));
  EXPECT_TRUE(MentionsPerson(Anna(), "by Anna Snelling"));
  EXPECT_FALSE(MentionsPerson(Anna(), "by Anna"));
  const Person seven{crm::v1::ENTITY_KIND_REP, "7", {}};
  EXPECT_TRUE(MentionsPerson(seven, std::string("\x0a\x01") + "7"));
  EXPECT_FALSE(MentionsPerson(seven, std::string("\x0a\x02") + "17"));
}

}  // namespace
}  // namespace quotacast::ingestion
