// Goal: keys and changes name the kind of record they are about. Method: every kind there is.
#include "services/ingestion/event_kinds.h"

#include <optional>
#include <string>

#include "gtest/gtest.h"
#include "quotacast/crm/v1/crm_event.pb.h"

namespace quotacast::ingestion {
namespace {

TEST(EventKindsTest, EveryKindIsNamedAndFoundInKeys) {
  for (int i = 1; i < crm::v1::EntityKind_ARRAYSIZE; ++i) {
    const auto kind = static_cast<crm::v1::EntityKind>(i);
    const std::string name(EntityKindName(kind));
    ASSERT_FALSE(name.empty()) << i;
    EXPECT_EQ(KindOfSourceKey(name + "/7"), kind) << name;
    EXPECT_EQ(KindOfSourceKey(name), kind) << name;
    EXPECT_EQ(KindOfSourceKey(name + "x/7"), crm::v1::ENTITY_KIND_UNSPECIFIED) << name;
  }
  EXPECT_EQ(EntityKindName(crm::v1::ENTITY_KIND_UNSPECIFIED), "");
  EXPECT_EQ(EntityKindName(static_cast<crm::v1::EntityKind>(99)), "");
}

TEST(EventKindsTest, TheChangeTellsTheKindOfOddKeys) {
  crm::v1::CrmEvent event;
  event.mutable_erasure()->set_pseudonym("erased-rep-1");  // Field 25: a tag of two bytes.
  EXPECT_EQ(KindOfEvent({{"s", "odd", "1"}, std::nullopt, event.SerializeAsString()}),
            crm::v1::ENTITY_KIND_ERASURE);
  event.mutable_lead()->set_lead_id("l");
  EXPECT_EQ(KindOfEvent({{"s", "odd", "1"}, std::nullopt, event.SerializeAsString()}),
            crm::v1::ENTITY_KIND_LEAD);
  EXPECT_EQ(KindOfEvent({{"s", "rep/1", "1"}, std::nullopt, event.SerializeAsString()}),
            crm::v1::ENTITY_KIND_REP);
  EXPECT_EQ(KindOfEvent({{"s", "odd", "1"}, std::nullopt, ""}), crm::v1::ENTITY_KIND_UNSPECIFIED);
  event.mutable_merge()->set_entity(crm::v1::ENTITY_KIND_ACCOUNT);
  EXPECT_EQ(KindOfChange(event), crm::v1::ENTITY_KIND_ACCOUNT);
  event.mutable_retraction();
  EXPECT_EQ(KindOfChange(event), crm::v1::ENTITY_KIND_UNSPECIFIED);
}

}  // namespace
}  // namespace quotacast::ingestion
