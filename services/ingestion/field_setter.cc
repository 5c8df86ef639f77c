#include "services/ingestion/field_setter.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/civil_date.h"
#include "base/money.h"
#include "base/string_views.h"
#include "google/protobuf/descriptor.h"
#include "google/type/date.pb.h"
#include "google/type/money.pb.h"
#include "services/ingestion/converters.h"
#include "services/ingestion/nearest_name.h"
#include "services/ingestion/value_forms.h"

namespace quotacast::ingestion {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr int64_t kWholeBasisPoints = 10'000;

// What an unknown record of a kind is called in a report.
struct UnknownRecord {
  crm::v1::EntityKind kind;
  std::string_view noun;
  std::string_view reason;
};
constexpr UnknownRecord kUnknownRecords[] = {
    {crm::v1::ENTITY_KIND_OPPORTUNITY, "opportunity", "UNKNOWN_OPPORTUNITY"},
    {crm::v1::ENTITY_KIND_REP, "rep", "UNKNOWN_REP"},
    {crm::v1::ENTITY_KIND_TEAM, "team", "UNKNOWN_TEAM"},
    {crm::v1::ENTITY_KIND_PRODUCT, "product", "UNKNOWN_PRODUCT"},
    {crm::v1::ENTITY_KIND_ACCOUNT, "account", "UNKNOWN_ACCOUNT"},
    {crm::v1::ENTITY_KIND_STAGE, "stage", "UNKNOWN_STAGE"},
    {crm::v1::ENTITY_KIND_LEAD, "lead", "UNKNOWN_LEAD"},
    {crm::v1::ENTITY_KIND_TERRITORY, "territory", "UNKNOWN_TERRITORY"},
    {crm::v1::ENTITY_KIND_COMP_PLAN, "compensation plan", "UNKNOWN_COMP_PLAN"},
    {crm::v1::ENTITY_KIND_PIPELINE, "pipeline", "UNKNOWN_PIPELINE"},
};

const FieldDescriptor& TargetOf(const EntityField& field, const Message& change) {
  const std::string_view name = field.target.empty() ? field.name : field.target;
  // The tables name existing fields; entity_fields_test walks all of them.
  return *change.GetDescriptor()->FindFieldByName(std::string(name));
}

void SetWord(const FieldDescriptor& target, std::string_view source, RowValues& values,
             Message& change) {
  const google::protobuf::EnumDescriptor& words = *target.enum_type();
  const std::optional<int> number = NumberOfWord(words, values.Get(source));
  if (number.has_value()) {
    change.GetReflection()->SetEnumValue(&change, &target, *number);
    return;
  }
  const std::vector<std::string> known = WordsOf(words);
  const std::string nearest = NearestName(values.Get(source), {known.begin(), known.end()});
  values.Error(source, "UNKNOWN_WORD",
               absl::StrCat("is none of ", absl::StrJoin(known, ", "),
                            nearest.empty() ? "" : "; did you mean \"", nearest,
                            nearest.empty() ? "" : "\"?", "; add other spellings under [aliases.",
                            AbslView(source), "]"));
}

void SetNumber(const FieldDescriptor& target, int64_t number, Message& change) {
  if (target.cpp_type() == FieldDescriptor::CPPTYPE_INT32) {
    change.GetReflection()->SetInt32(&change, &target, static_cast<int32_t>(number));
  } else {
    change.GetReflection()->SetInt64(&change, &target, number);
  }
}

void SetInteger(const EntityField& field, const FieldDescriptor& target, std::string_view source,
                RowValues& values, Message& change) {
  const std::optional<int64_t> number = ParseInteger(values.Get(source), values.profile().forms);
  if (!number.has_value() || *number < field.smallest || *number > field.largest) {
    values.Error(
        source, "INVALID_NUMBER",
        absl::StrCat("must be a whole number from ", field.smallest, " to ", field.largest));
    return;
  }
  SetNumber(target, *number, change);
}

void SetPercent(const FieldDescriptor& target, std::string_view source, RowValues& values,
                Message& change) {
  const std::optional<int64_t> share = ParsePercent(values.Get(source), values.profile().forms);
  if (!share.has_value() || *share > kWholeBasisPoints) {
    values.Error(source, "INVALID_NUMBER",
                 "must be a percentage from 0 to 100 with at most two decimals");
    return;
  }
  SetNumber(target, *share, change);
}

void SetProbability(const FieldDescriptor& target, std::string_view source, RowValues& values,
                    Message& change) {
  const std::string_view text = values.Get(source);
  std::optional<double> probability;
  double number = 0;
  if (text.back() == '%') {
    const std::optional<int64_t> share = ParsePercent(text, values.profile().forms);
    if (share.has_value()) {
      probability = static_cast<double>(*share) / static_cast<double>(kWholeBasisPoints);
    }
  } else if (absl::SimpleAtod(AbslView(text), &number)) {
    probability = number;
  }
  // The negation also refuses what is not a number.
  if (!probability.has_value() || !(*probability >= 0 && *probability <= 1)) {
    values.Error(source, "INVALID_NUMBER",
                 "must be a probability from 0 to 1, or from 0% to 100% with the sign");
    return;
  }
  change.GetReflection()->SetDouble(&change, &target, *probability);
}

void SetTiers(const FieldDescriptor& target, std::string_view source, RowValues& values,
              Message& change) {
  const ValueForms& forms = values.profile().forms;
  int64_t last_from = -1;
  for (const absl::string_view tier : absl::StrSplit(AbslView(values.Get(source)), ';')) {
    const std::pair<std::string, std::string> parts = absl::StrSplit(tier, absl::MaxSplits(':', 1));
    const std::optional<int64_t> from = ParsePercent(parts.first, forms);
    const std::optional<int64_t> rate = ParsePercent(parts.second, forms);
    if (!from.has_value() || !rate.has_value() || *rate > kWholeBasisPoints || *from <= last_from) {
      values.Error(source, "INVALID_NUMBER",
                   "must list attainment and commission in percent, lowest attainment first, such "
                   "as \"0:5;100:8\"");
      return;
    }
    last_from = *from;
    auto& message =
        static_cast<crm::v1::CompPlanTier&>(*change.GetReflection()->AddMessage(&change, &target));
    message.set_from_attainment_basis_points(static_cast<int32_t>(*from));
    message.set_rate_basis_points(static_cast<int32_t>(*rate));
  }
}

// True when the date in `field` lies before the one it may not precede.
bool PrecedesOther(const EntityField& field, const RowValues& values) {
  const ValueForms& forms = values.profile().forms;
  if (field.type == FieldType::kInstant) {
    const absl::StatusOr<absl::Time> time = ParseInstant(values.Get(field.name), forms);
    const absl::StatusOr<absl::Time> other = ParseInstant(values.Get(field.not_before), forms);
    return time.ok() && other.ok() && *time < *other;
  }
  const absl::StatusOr<absl::CivilDay> day = ParseDay(values.Get(field.name), forms);
  const absl::StatusOr<absl::CivilDay> other = ParseDay(values.Get(field.not_before), forms);
  return day.ok() && other.ok() && *day < *other;
}

}  // namespace

std::optional<ChangedAt> ReadChangedAt(RowValues& values) {
  if (!values.Get("changed_time").empty()) {
    const std::optional<absl::Time> time = values.Instant("changed_time");
    const absl::StatusOr<absl::CivilDay> day =
        ParseDay(values.Get("changed_time"), values.profile().forms);
    if (!time.has_value() || !day.ok()) return std::nullopt;
    return ChangedAt{*time, *day, FormatInstant(*time)};
  }
  if (values.Get("changed_date").empty()) {
    const bool timed = values.row().Column("changed_time") != "changed_time";
    values.Error(timed ? "changed_time" : "changed_date", "MISSING_FIELD",
                 "the row needs the day, or the time, of the change");
    return std::nullopt;
  }
  const std::optional<absl::CivilDay> day = values.Date("changed_date");
  if (!day.has_value()) return std::nullopt;
  return ChangedAt{StartOfDayUtc(*day), *day, FormatIsoDate(*day)};
}

void SetTimestamp(absl::Time time, google::protobuf::Timestamp& timestamp) {
  const int64_t seconds = absl::ToUnixSeconds(time);
  timestamp.set_seconds(seconds);
  timestamp.set_nanos(
      static_cast<int32_t>(absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(seconds))));
}

void CheckReference(crm::v1::EntityKind kind, bool may_be_unknown, std::string_view source,
                    RowValues& values, const ReferenceData& reference) {
  for (const UnknownRecord& unknown : kUnknownRecords) {
    if (unknown.kind != kind) continue;
    values.CheckKnown(
        source, reference.ids(kind), unknown.noun, unknown.reason,
        may_be_unknown ? v1::ROW_PROBLEM_SEVERITY_WARNING : v1::ROW_PROBLEM_SEVERITY_ERROR);
  }
}

void SetField(const EntityField& field, std::string_view source, RowValues& values,
              const ReferenceData& reference, Message& change) {
  const std::string_view text = values.Get(source);
  if (text.empty()) return;
  const FieldDescriptor& target = TargetOf(field, change);
  const Reflection& reflection = *change.GetReflection();
  switch (field.type) {
    case FieldType::kText:
      CheckReference(field.refers_to, field.may_be_unknown, source, values, reference);
      reflection.SetString(&change, &target, std::string(text));
      break;
    case FieldType::kWord:
      SetWord(target, source, values, change);
      break;
    case FieldType::kBoolean: {
      const std::optional<bool> value = ParseBoolean(text);
      if (!value.has_value()) {
        values.Error(source, "INVALID_BOOLEAN", "must be true or false, yes or no, 1 or 0");
        break;
      }
      reflection.SetBool(&change, &target, *value);
      break;
    }
    case FieldType::kInteger:
      SetInteger(field, target, source, values, change);
      break;
    case FieldType::kPercent:
      SetPercent(target, source, values, change);
      break;
    case FieldType::kProbability:
      SetProbability(target, source, values, change);
      break;
    case FieldType::kMoney:
    case FieldType::kSignedMoney: {
      const std::optional<Money> amount =
          values.Amount(source, field.type == FieldType::kSignedMoney);
      if (!amount.has_value()) break;
      static_cast<google::type::Money&>(*reflection.MutableMessage(&change, &target)) =
          ToProtoMoney(*amount);
      break;
    }
    case FieldType::kDate: {
      std::optional<absl::CivilDay> day = values.Date(source);
      if (!day.has_value()) break;
      if (field.name == "end_date" && values.profile().forms.inclusive_end_dates) ++*day;
      static_cast<google::type::Date&>(*reflection.MutableMessage(&change, &target)) =
          ToProtoDate(*day);
      break;
    }
    case FieldType::kInstant: {
      const std::optional<absl::Time> time = values.Instant(source);
      if (!time.has_value()) break;
      SetTimestamp(*time, static_cast<google::protobuf::Timestamp&>(
                              *reflection.MutableMessage(&change, &target)));
      break;
    }
    case FieldType::kTiers:
      SetTiers(target, source, values, change);
      break;
  }
}

void SetFields(Entity entity, RowValues& values, const ReferenceData& reference, Message& change) {
  const EntityDefinition& definition = DefinitionOf(entity);
  for (const EntityField& field : definition.fields) {
    if (field.target == "-" || values.Get(field.name).empty()) continue;
    EntityField checked = field;
    if (field.refers_to == definition.kind) checked.refers_to = crm::v1::ENTITY_KIND_UNSPECIFIED;
    SetField(checked, field.name, values, reference, change);
    if (!field.not_before.empty() && PrecedesOther(field, values)) {
      values.Error(field.name, "END_BEFORE_START",
                   absl::StrCat("lies before ", AbslView(field.not_before), ", ",
                                AbslView(values.Get(field.not_before))));
    }
  }
}

}  // namespace quotacast::ingestion
