// Goal: the tables of entities fit the messages they fill. Method: every field of every table is
// looked up in the message of its change, and its type compared.
#include "services/ingestion/entity_fields.h"

#include <cstddef>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "gmock/gmock.h"
#include "google/protobuf/descriptor.h"
#include "gtest/gtest.h"
#include "quotacast/crm/v1/crm_event.pb.h"

namespace quotacast::ingestion {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

const Descriptor& MessageOf(const EntityDefinition& definition) {
  if (definition.entity == Entity::kOpportunitySplit) {
    return *crm::v1::OpportunitySplit::descriptor();
  }
  const std::string change = definition.kind == crm::v1::ENTITY_KIND_UNSPECIFIED
                                 ? std::string(definition.name)
                                 : KindName(definition.kind);
  return *crm::v1::CrmEvent::descriptor()->FindFieldByName(change)->message_type();
}

bool Fits(FieldType type, const FieldDescriptor& target) {
  const std::string message = target.message_type() == nullptr
                                  ? std::string()
                                  : std::string(target.message_type()->full_name());
  switch (type) {
    case FieldType::kText:
      return target.type() == FieldDescriptor::TYPE_STRING;
    case FieldType::kWord:
      return target.type() == FieldDescriptor::TYPE_ENUM;
    case FieldType::kBoolean:
      return target.type() == FieldDescriptor::TYPE_BOOL;
    case FieldType::kInteger:
      return target.type() == FieldDescriptor::TYPE_INT32 ||
             target.type() == FieldDescriptor::TYPE_INT64;
    case FieldType::kPercent:
      return target.type() == FieldDescriptor::TYPE_INT32;
    case FieldType::kProbability:
      return target.type() == FieldDescriptor::TYPE_DOUBLE;
    case FieldType::kMoney:
    case FieldType::kSignedMoney:
      return message == "google.type.Money";
    case FieldType::kDate:
      return message == "google.type.Date";
    case FieldType::kInstant:
      return message == "google.protobuf.Timestamp";
    case FieldType::kTiers:
      return message == "quotacast.crm.v1.CompPlanTier";
  }
  return false;
}

TEST(EntityFieldsTest, EveryFieldFillsAFieldOfItsType) {
  for (const Entity entity : kEntities) {
    const EntityDefinition& definition = DefinitionOf(entity);
    ASSERT_EQ(definition.entity, entity);
    std::set<std::string_view> names;
    for (const EntityField& field : definition.fields) {
      SCOPED_TRACE(std::string(definition.name) + "." + std::string(field.name));
      EXPECT_TRUE(names.insert(field.name).second);
      if (field.target == "-") continue;
      const FieldDescriptor* target =
          MessageOf(definition)
              .FindFieldByName(std::string(field.target.empty() ? field.name : field.target));
      ASSERT_NE(target, nullptr);
      EXPECT_TRUE(Fits(field.type, *target));
      EXPECT_EQ(target->is_repeated(), field.type == FieldType::kTiers);
    }
    for (const std::string_view key : definition.key_fields) {
      EXPECT_NE(FindField(entity, key), nullptr) << key;
    }
    for (const Moment& moment : definition.moments) {
      EXPECT_NE(FindField(entity, moment.time_field), nullptr) << moment.time_field;
    }
  }
}

TEST(EntityFieldsTest, EveryKindOfChangeHasAnEntity) {
  std::set<crm::v1::EntityKind> kinds;
  for (const Entity entity : kEntities) kinds.insert(DefinitionOf(entity).kind);
  // Stages and the calendar are keys of the profile, erasures come from a call.
  for (int kind = 1; kind <= crm::v1::EntityKind_MAX; ++kind) {
    const auto value = static_cast<crm::v1::EntityKind>(kind);
    const bool elsewhere = value == crm::v1::ENTITY_KIND_STAGE ||
                           value == crm::v1::ENTITY_KIND_FISCAL_CALENDAR ||
                           value == crm::v1::ENTITY_KIND_ERASURE;
    EXPECT_EQ(kinds.count(value) == 0, elsewhere) << KindName(value);
  }
}

TEST(EntityFieldsTest, WordsAreEnumValuesWithoutTheirPrefix) {
  const google::protobuf::EnumDescriptor& motions = *crm::v1::Motion_descriptor();
  EXPECT_THAT(WordsOf(motions), testing::ElementsAre("new", "expansion", "renewal"));
  EXPECT_EQ(NumberOfWord(motions, "Renewal"), crm::v1::MOTION_RENEWAL);
  EXPECT_EQ(NumberOfWord(*crm::v1::ForecastCategory_descriptor(), "Best Case"),
            crm::v1::FORECAST_CATEGORY_BEST_CASE);
  EXPECT_EQ(NumberOfWord(motions, "unspecified"), std::nullopt);
  EXPECT_EQ(NumberOfWord(motions, "MOTION_NEW"), std::nullopt);
  EXPECT_EQ(KindName(crm::v1::ENTITY_KIND_ORDER_LINE), "order_line");
}

}  // namespace
}  // namespace quotacast::ingestion
