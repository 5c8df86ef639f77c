#include "services/metrics/opportunity_draft.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/time/civil_time.h"
#include "quotacast/crm/v1/crm_event.pb.h"
#include "services/metrics/day_number.h"

namespace quotacast::metrics {
namespace {

DealMotion ToMotion(int motion) {
  switch (motion) {
    case crm::v1::MOTION_NEW:
      return DealMotion::kNew;
    case crm::v1::MOTION_EXPANSION:
      return DealMotion::kExpansion;
    case crm::v1::MOTION_RENEWAL:
      return DealMotion::kRenewal;
    default:
      return DealMotion::kUnknown;
  }
}

DealCategory ToCategory(int category) {
  switch (category) {
    case crm::v1::FORECAST_CATEGORY_PIPELINE:
      return DealCategory::kPipeline;
    case crm::v1::FORECAST_CATEGORY_BEST_CASE:
      return DealCategory::kBestCase;
    case crm::v1::FORECAST_CATEGORY_COMMIT:
      return DealCategory::kCommit;
    case crm::v1::FORECAST_CATEGORY_CLOSED:
      return DealCategory::kClosed;
    case crm::v1::FORECAST_CATEGORY_OMITTED:
      return DealCategory::kOmitted;
    default:
      return DealCategory::kUnknown;
  }
}

void ExpectToClose(std::optional<absl::CivilDay> expected_day, absl::CivilDay said_day,
                   BookOpportunity& opportunity) {
  const bool is_new = expected_day != opportunity.expected_close_day;
  opportunity.expected_close_day = expected_day;
  if (is_new && expected_day) opportunity.expected_closes.push_back({said_day, *expected_day});
}

void CallCategory(DealCategory category, absl::CivilDay said_day, BookOpportunity& opportunity) {
  std::vector<CategoryCall>& calls = opportunity.category_calls;
  if (!calls.empty() && calls.back().category == category) return;
  calls.push_back({said_day, category});
}

void PlaceInStage(uint32_t stage, absl::CivilDay day, const std::vector<bool>& closing_stages,
                  std::vector<StageVisit>& visits) {
  const auto closes = [&closing_stages](int code) {
    return closing_stages[static_cast<size_t>(code)];
  };
  const int code = static_cast<int>(stage);
  if (!visits.empty() && closes(visits.back().stage) && closes(code)) {
    // Closed again without a reopening: one closing, and what was learned last about it counts.
    visits.back() = {.stage = code, .entered_day = day};
    return;
  }
  // An open stage stated again was entered once.
  if (!visits.empty() && visits.back().stage == code) return;
  visits.push_back({.stage = code, .entered_day = day});
}

}  // namespace

void ApplyFields(const OpportunityFields& fields, absl::CivilDay day,
                 const std::vector<bool>& closing_stages, OpportunityDraft& draft) {
  BookOpportunity& opportunity = draft.opportunity;
  const auto take = [](uint32_t code, uint32_t& into) {
    if (code != Dictionary::kNone) into = code;
  };
  take(fields.owner, draft.rep);
  take(fields.segment, draft.segment);
  take(fields.product, draft.product);
  take(fields.account, draft.account);
  take(fields.lead_source, draft.lead_source);
  take(fields.close_reason, draft.close_reason);
  take(fields.competitor, draft.competitor);
  if (fields.expected_close_day) {
    std::optional<absl::CivilDay> expected_day;
    if (*fields.expected_close_day) {
      expected_day = DayOfNumber(**fields.expected_close_day);
    }
    ExpectToClose(expected_day, day, opportunity);
  }
  if (fields.motion) opportunity.motion = ToMotion(*fields.motion);
  if (fields.has_customer_problem) opportunity.has_customer_problem = *fields.has_customer_problem;
  if (fields.discovery_rating) opportunity.discovery_rating = *fields.discovery_rating;
  if (fields.forecast_category) {
    CallCategory(ToCategory(*fields.forecast_category), day, opportunity);
  }
  if (fields.stage != Dictionary::kNone) {
    PlaceInStage(fields.stage, day, closing_stages, opportunity.visits);
  }
}

}  // namespace quotacast::metrics
