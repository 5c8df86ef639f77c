// What is read out of the sayings about a record, kind by kind.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/civil_date.h"
#include "base/money.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "services/metrics/proto_values.h"
#include "services/metrics/record_builder.h"

namespace quotacast::metrics {
namespace {

using crm::v1::CrmEvent;

// Fields that `change` has take the place of those of `target`. Merging alone would keep parts of
// dates, instants and amounts that the change has zeros for.
void Apply(const google::protobuf::Message& change, google::protobuf::Message& target) {
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  change.GetReflection()->ListFields(change, &fields);
  for (const google::protobuf::FieldDescriptor* field : fields) {
    target.GetReflection()->ClearField(&target, field);
  }
  target.MergeFrom(change);
}

// What the record is like after all that was said.
template <typename Change>
Change Fold(const std::vector<RecordSaying>& sayings, const Change& (CrmEvent::*change)() const) {
  Change folded = (sayings.front().event.*change)();
  for (size_t i = 1; i < sayings.size(); ++i) Apply((sayings[i].event.*change)(), folded);
  return folded;
}

LeadStatus ToStatus(crm::v1::LeadStatus status) {
  switch (status) {
    case crm::v1::LEAD_STATUS_NEW:
      return LeadStatus::kNew;
    case crm::v1::LEAD_STATUS_WORKING:
      return LeadStatus::kWorking;
    case crm::v1::LEAD_STATUS_QUALIFIED:
      return LeadStatus::kQualified;
    case crm::v1::LEAD_STATUS_DISQUALIFIED:
      return LeadStatus::kDisqualified;
    case crm::v1::LEAD_STATUS_CONVERTED:
      return LeadStatus::kConverted;
    default:
      return LeadStatus::kUnknown;
  }
}

bool IsWorked(LeadStatus status) {
  return status == LeadStatus::kWorking || status == LeadStatus::kQualified ||
         status == LeadStatus::kConverted;
}

ActivityKind ToKind(crm::v1::ActivityKind kind) {
  switch (kind) {
    case crm::v1::ACTIVITY_KIND_CALL:
      return ActivityKind::kCall;
    case crm::v1::ACTIVITY_KIND_EMAIL:
      return ActivityKind::kEmail;
    case crm::v1::ACTIVITY_KIND_MEETING:
      return ActivityKind::kMeeting;
    case crm::v1::ACTIVITY_KIND_DEMO:
      return ActivityKind::kDemo;
    case crm::v1::ACTIVITY_KIND_TASK:
      return ActivityKind::kTask;
    case crm::v1::ACTIVITY_KIND_INTERNAL:
      return ActivityKind::kInternal;
    case crm::v1::ACTIVITY_KIND_OTHER:
      return ActivityKind::kOther;
    default:
      return ActivityKind::kUnknown;
  }
}

TrainingKind ToKind(crm::v1::TrainingKind kind) {
  switch (kind) {
    case crm::v1::TRAINING_KIND_CLIENT:
      return TrainingKind::kClient;
    case crm::v1::TRAINING_KIND_PRODUCT:
      return TrainingKind::kProduct;
    case crm::v1::TRAINING_KIND_SKILL:
      return TrainingKind::kSkill;
    default:
      return TrainingKind::kUnknown;
  }
}

absl::CivilDay FirstDay(const std::vector<RecordSaying>& sayings) {
  return DayOfUtc(*sayings.front().effective);
}

}  // namespace

void RecordBuilder::TakeLead(const std::string& id, const Sayings& sayings) {
  LeadDraft draft;
  BookLead& lead = draft.lead;
  lead.id = id;
  const crm::v1::LeadChange now = Fold(sayings, &CrmEvent::lead);
  lead.created = *sayings.front().effective;
  // A lead that was seen before it is said to have come in came in by then.
  if (now.has_created_time()) lead.created = std::min(lead.created, ToTime(now.created_time()));
  lead.rep = RepAt(now.owner_rep_id());
  lead.account = AccountAt(now.account_id());
  lead.opportunity = OpportunityAt(now.opportunity_id());
  if (now.has_is_inbound()) lead.is_inbound = now.is_inbound();
  lead.touch_count = now.touch_count();
  const std::optional<absl::Time> first_touch =
      now.has_first_touch_time() ? Past(now.first_touch_time()) : std::nullopt;
  if (first_touch) {
    TouchAt(*first_touch, lead);
    lead.touch_count = std::max<int64_t>(lead.touch_count, 1);
  }
  for (const RecordSaying& saying : sayings) {
    const crm::v1::LeadChange& change = saying.event.lead();
    if (!lead.assigned && !change.owner_rep_id().empty()) {
      lead.assigned = std::max(*saying.effective, lead.created);
    }
    if (!change.has_status()) continue;
    const LeadStatus status = ToStatus(change.status());
    // What a lead was like when it came in undoes nothing that a source dates before that.
    if (status == LeadStatus::kNew && !lead.steps.empty() && now.has_created_time() &&
        *saying.effective == ToTime(now.created_time())) {
      continue;
    }
    if (IsWorked(status)) TouchAt(*saying.effective, lead);
    if (lead.steps.empty() || lead.steps.back().status != status) {
      lead.steps.push_back({*saying.effective, status});
    }
  }
  draft.lead_source = now.lead_source();
  draft.segment = now.segment_id();
  leads_.push_back(std::move(draft));
}

void RecordBuilder::TakeActivity(const std::string& id, const Sayings& sayings) {
  ActivityDraft draft;
  BookActivity& activity = draft.activity;
  const crm::v1::ActivityChange now = Fold(sayings, &CrmEvent::activity);
  const std::optional<absl::Time> start =
      now.has_start_time() ? Past(now.start_time()) : sayings.front().effective;
  // A plan, or something that came to nothing.
  if (!start || (now.has_is_done() && !now.is_done())) return;
  activity.id = id;
  activity.kind = ToKind(now.kind());
  activity.rep = RepAt(now.rep_id());
  activity.account = AccountAt(now.account_id());
  activity.opportunity = OpportunityAt(now.opportunity_id());
  activity.start = *start;
  if (now.has_duration_minutes()) activity.duration_minutes = now.duration_minutes();
  activity.is_automated = now.is_automated();
  activity.is_inbound = now.is_inbound();
  draft.lead_id = now.lead_id();
  draft.contact = now.contact_id();
  activities_.push_back(std::move(draft));
}

void RecordBuilder::TakeCommitment(const std::string& id, const Sayings& sayings) {
  const crm::v1::CommitmentChange now = Fold(sayings, &CrmEvent::commitment);
  BookCommitment commitment;
  commitment.id = id;
  commitment.rep = RepAt(now.rep_id());
  commitment.account = AccountAt(now.account_id());
  commitment.opportunity = OpportunityAt(now.opportunity_id());
  commitment.topic = now.topic();
  if (now.has_made_date()) commitment.made_day = ToCivilDay(now.made_date());
  if (now.has_due_date()) commitment.due_day = ToCivilDay(now.due_date());
  if (now.has_done_date()) commitment.done_day = Past(now.done_date());
  records_.commitments.push_back(std::move(commitment));
}

void RecordBuilder::TakeFeedback(const std::string& id, const Sayings& sayings) {
  const crm::v1::FeedbackChange now = Fold(sayings, &CrmEvent::feedback);
  const std::optional<absl::CivilDay> given =
      now.has_given_date() ? Past(now.given_date()) : FirstDay(sayings);
  if (!given) return;
  BookFeedback feedback;
  feedback.id = id;
  feedback.account = AccountAt(now.account_id());
  feedback.opportunity = OpportunityAt(now.opportunity_id());
  feedback.topic = now.topic();
  feedback.rating = now.rating();
  feedback.given_day = *given;
  records_.feedback.push_back(std::move(feedback));
}

void RecordBuilder::TakeInsight(const std::string& id, const Sayings& sayings) {
  const crm::v1::InsightChange now = Fold(sayings, &CrmEvent::insight);
  const std::optional<absl::CivilDay> learned =
      now.has_learned_date() ? Past(now.learned_date()) : FirstDay(sayings);
  if (!learned) return;
  BookInsight insight;
  insight.id = id;
  insight.account = AccountAt(now.account_id());
  insight.rep = RepAt(now.owner_rep_id());
  insight.topic = now.topic();
  insight.learned_day = *learned;
  if (now.has_expiry_date()) insight.expiry_day = ToCivilDay(now.expiry_date());
  records_.insights.push_back(std::move(insight));
}

void RecordBuilder::TakeIncident(const std::string& id, const Sayings& sayings) {
  const crm::v1::IncidentChange now = Fold(sayings, &CrmEvent::incident);
  const std::optional<absl::Time> opened =
      now.has_opened_time() ? Past(now.opened_time()) : sayings.front().effective;
  if (!opened) return;
  BookIncident incident;
  incident.id = id;
  incident.account = AccountAt(now.account_id());
  incident.rep = RepAt(now.owner_rep_id());
  incident.topic = now.topic();
  incident.opened = *opened;
  if (now.has_acknowledged_time()) incident.acknowledged = Past(now.acknowledged_time());
  if (now.has_resolved_time()) incident.resolved = Past(now.resolved_time());
  if (now.has_is_recovered()) incident.is_recovered = now.is_recovered();
  records_.incidents.push_back(std::move(incident));
}

void RecordBuilder::TakeTraining(const std::string& id, const Sayings& sayings) {
  const crm::v1::TrainingChange now = Fold(sayings, &CrmEvent::training);
  const std::optional<absl::CivilDay> trained =
      now.has_trained_date() ? Past(now.trained_date()) : FirstDay(sayings);
  if (!trained) return;
  BookTraining training;
  training.id = id;
  training.rep = RepAt(now.rep_id());
  training.kind = ToKind(now.kind());
  training.topic = now.topic();
  training.duration_minutes = now.duration_minutes();
  training.trained_day = *trained;
  records_.trainings.push_back(std::move(training));
}

void RecordBuilder::TakeOrderLine(const std::string& id, const Sayings& sayings) {
  const crm::v1::OrderLineChange now = Fold(sayings, &CrmEvent::order_line);
  const std::optional<absl::CivilDay> ordered =
      now.has_order_date() ? Past(now.order_date()) : FirstDay(sayings);
  if (!ordered) return;
  BookOrderLine line;
  line.id = id;
  line.product = ProductAt(now.product_id());
  line.rep = RepAt(now.rep_id());
  line.account = AccountAt(now.account_id());
  line.opportunity = OpportunityAt(now.opportunity_id());
  line.order_day = *ordered;
  line.quantity = now.quantity();
  if (now.has_amount()) line.amount_minor_units = MinorUnits(now.amount());
  if (now.has_cost()) line.cost_minor_units = MinorUnits(now.cost());
  records_.order_lines.push_back(std::move(line));
}

void RecordBuilder::TakeForecasts(const std::string& id, const Sayings& sayings) {
  crm::v1::RepForecastChange now;
  for (const RecordSaying& saying : sayings) {
    Apply(saying.event.rep_forecast(), now);
    BookRepForecast forecast;
    forecast.id = id;
    forecast.rep = RepAt(now.rep_id());
    forecast.period = now.period();
    forecast.said_day = DayOfUtc(*saying.effective);
    if (now.has_low()) forecast.low_minor_units = MinorUnits(now.low());
    if (now.has_expected()) forecast.expected_minor_units = MinorUnits(now.expected());
    if (now.has_high()) forecast.high_minor_units = MinorUnits(now.high());
    records_.rep_forecasts.push_back(std::move(forecast));
  }
}

void RecordBuilder::TouchAt(absl::Time time, BookLead& lead) {
  if (!lead.first_touch || time < *lead.first_touch) lead.first_touch = time;
}

int RecordBuilder::RepAt(const std::string& id) const {
  return PositionById(view_.reps, merges_.Standing(crm::v1::ENTITY_KIND_REP, id));
}

int RecordBuilder::AccountAt(const std::string& id) const {
  return PositionById(*view_.accounts, merges_.Standing(crm::v1::ENTITY_KIND_ACCOUNT, id));
}

int RecordBuilder::ProductAt(const std::string& id) const {
  return PositionById(view_.products, merges_.Standing(crm::v1::ENTITY_KIND_PRODUCT, id));
}

int RecordBuilder::OpportunityAt(const std::string& id) const {
  return PositionById(*view_.opportunities, id);
}

std::optional<absl::Time> RecordBuilder::Past(const google::protobuf::Timestamp& time) const {
  const absl::Time instant = ToTime(time);
  return instant < effective_end_ ? std::make_optional(instant) : std::nullopt;
}

std::optional<absl::CivilDay> RecordBuilder::Past(const google::type::Date& date) const {
  const std::optional<absl::CivilDay> day = ToCivilDay(date);
  return day && *day <= view_.as_of.effective_day ? day : std::nullopt;
}

std::optional<int64_t> RecordBuilder::MinorUnits(const google::type::Money& source) {
  const std::optional<Money> money = ToMoney(source);
  if (money && money->currency == view_.currency) return money->minor_units;
  ++foreign_amount_count_;
  return std::nullopt;
}

}  // namespace quotacast::metrics
