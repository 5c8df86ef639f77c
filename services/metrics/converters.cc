#include "services/metrics/converters.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "base/fiscal_calendar.h"
#include "base/status_macros.h"
#include "base/string_views.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "services/digest/sha256.h"
#include "services/metrics/customers_of_view.h"
#include "services/metrics/deal_origins.h"
#include "services/metrics/kpi/attainment.h"
#include "services/metrics/kpi/bookings.h"
#include "services/metrics/kpi/grouping.h"
#include "services/metrics/kpi/kpi.h"
#include "services/metrics/proto_values.h"

namespace quotacast::metrics {
namespace {

std::string CurrencyOf(const BookView& view) {
  return view.currency.empty() ? kDefaultCurrency : view.currency;
}

type::v1::DataTier ToProtoTier(simulator::DataTier tier) {
  switch (tier) {
    case simulator::DataTier::kBenchmarkOnly:
      return type::v1::DATA_TIER_BENCHMARK_ONLY;
    case simulator::DataTier::kThin:
      return type::v1::DATA_TIER_THIN;
    case simulator::DataTier::kFull:
      return type::v1::DATA_TIER_FULL;
  }
  return type::v1::DATA_TIER_UNSPECIFIED;
}

metrics::v1::FitEvidence ToProtoEvidence(const simulator::FitEvidence& evidence) {
  metrics::v1::FitEvidence proto;
  proto.set_data_tier(ToProtoTier(evidence.tier));
  proto.set_created_count(evidence.created_count);
  proto.set_won_count(evidence.won_count);
  proto.set_lost_count(evidence.lost_count);
  proto.set_open_count(evidence.open_count);
  proto.set_undated_count(evidence.undated_count);
  proto.set_quarter_count(evidence.quarter_count);
  *proto.mutable_window_start_date() = ToProtoDate(evidence.window_start);
  *proto.mutable_window_end_date() = ToProtoDate(evidence.window_end);
  return proto;
}

metrics::v1::StageCell ToProtoCell(const simulator::StageCell& cell) {
  metrics::v1::StageCell proto;
  proto.set_entry_day_exit_share(cell.entry_day_exit_share);
  proto.set_first_week_exit_share(cell.first_week_exit_share);
  proto.set_entry_advance_probability(cell.entry_advance_probability);
  proto.set_entry_regress_probability(cell.entry_regress_probability);
  proto.mutable_regress_destinations()->Add(cell.regress_destinations.begin(),
                                            cell.regress_destinations.end());
  for (const simulator::AgeCell& age : cell.ages) {
    metrics::v1::AgeCell& proto_age = *proto.add_ages();
    proto_age.set_exit_rate_per_day(age.exit_rate_per_day);
    proto_age.set_advance_probability(age.advance_probability);
    proto_age.set_regress_probability(age.regress_probability);
  }
  return proto;
}

metrics::v1::AmountDistribution ToProtoAmount(const simulator::AmountDistribution& amount) {
  metrics::v1::AmountDistribution proto;
  proto.set_log_median(amount.log_median);
  proto.set_log_sd(amount.log_sd);
  proto.set_cap_minor_units(amount.cap_minor_units);
  return proto;
}

metrics::v1::AmountRevision ToProtoRevision(const simulator::AmountRevision& revision) {
  metrics::v1::AmountRevision proto;
  proto.set_log_mean(revision.log_mean);
  proto.set_log_sd(revision.log_sd);
  return proto;
}

metrics::v1::ParameterDraw ToProtoDraw(const simulator::ParameterDraw& draw) {
  metrics::v1::ParameterDraw proto;
  for (const simulator::StageCell& cell : draw.cells) *proto.add_cells() = ToProtoCell(cell);
  proto.mutable_creation_rate_per_day()->Add(draw.creation_rate_per_day.begin(),
                                             draw.creation_rate_per_day.end());
  proto.mutable_team_creation_rate_per_day()->Add(draw.team_creation_rate_per_day.begin(),
                                                  draw.team_creation_rate_per_day.end());
  proto.set_market_sd(draw.market_sd);
  proto.set_team_sd(draw.team_sd);
  proto.set_rep_sd(draw.rep_sd);
  for (const simulator::PeriodPartEffect& part : draw.period_parts) {
    metrics::v1::PeriodPartEffect& proto_part = *proto.add_period_parts();
    proto_part.set_win_log_factor(part.win_log_factor);
    proto_part.set_loss_log_factor(part.loss_log_factor);
  }
  proto.mutable_creation_season_log_factors()->Add(draw.creation_season_log_factors.begin(),
                                                   draw.creation_season_log_factors.end());
  proto.set_ramp_weeks(draw.ramp_weeks);
  for (const simulator::AttritionBand& band : draw.attrition_bands) {
    metrics::v1::AttritionBand& proto_band = *proto.add_attrition_bands();
    proto_band.set_from_tenure_days(band.from_tenure_days);
    proto_band.set_rate_per_year(band.rate_per_year);
  }
  for (const simulator::StageCell& cell : draw.lead_cells) {
    *proto.add_lead_cells() = ToProtoCell(cell);
  }
  proto.mutable_lead_rate_per_day()->Add(draw.lead_rate_per_day.begin(),
                                         draw.lead_rate_per_day.end());
  proto.mutable_team_lead_rate_per_day()->Add(draw.team_lead_rate_per_day.begin(),
                                              draw.team_lead_rate_per_day.end());
  proto.mutable_renewal_rate_per_day()->Add(draw.renewal_rate_per_day.begin(),
                                            draw.renewal_rate_per_day.end());
  proto.mutable_expansion_rate_per_day()->Add(draw.expansion_rate_per_day.begin(),
                                              draw.expansion_rate_per_day.end());
  proto.set_churn_per_year(draw.churn_per_year);
  for (const simulator::AmountDistribution& amount : draw.amounts) {
    *proto.add_amounts() = ToProtoAmount(amount);
  }
  return proto;
}

// Segments by name; empty where there is none.
void AddSegments(const std::vector<int>& positions, const std::vector<std::string>& segments,
                 google::protobuf::RepeatedPtrField<std::string>& names) {
  for (const int position : positions) {
    *names.Add() = position < 0 ? "" : segments[static_cast<size_t>(position)];
  }
}

metrics::v1::ParameterEstimate ToProtoEstimate(const simulator::ParameterEstimate& estimate) {
  metrics::v1::ParameterEstimate proto;
  proto.set_parameter(estimate.parameter);
  proto.set_segment_id(estimate.segment);
  proto.set_stage_id(estimate.stage);
  proto.set_entity_id(estimate.entity);
  proto.set_part(estimate.part);
  proto.set_value(estimate.value);
  proto.set_low(estimate.low);
  proto.set_high(estimate.high);
  proto.set_sample_count(estimate.sample_count);
  proto.set_sample_unit(estimate.sample_unit);
  proto.set_unit(estimate.unit);
  proto.set_source(estimate.is_assumption ? metrics::v1::ESTIMATE_SOURCE_ASSUMPTION
                                          : metrics::v1::ESTIMATE_SOURCE_HISTORY);
  proto.set_note(estimate.note);
  return proto;
}

// Fiscal periods up to the one of the as-of day, back to the first deal or to where the calendar
// begins, and no more than the fit looks at.
std::vector<FiscalPeriod> PeriodsOf(const BookView& view) {
  std::vector<FiscalPeriod> periods;
  if (!view.first_created_day) return periods;
  absl::StatusOr<FiscalPeriod> period = view.calendar.PeriodContaining(view.as_of.effective_day);
  while (period.ok() && period->end > *view.first_created_day &&
         periods.size() < simulator::kMaxHistoryPeriods) {
    periods.push_back(*period);
    period = view.calendar.Previous(*period);
  }
  std::reverse(periods.begin(), periods.end());
  return periods;
}

// Empty where the source does not say; otherwise the ids that KPIs group by.
const char* MotionId(DealMotion motion) {
  switch (motion) {
    case DealMotion::kUnknown:
      return "";
    case DealMotion::kNew:
      return "new";
    case DealMotion::kExpansion:
      return "expansion";
    case DealMotion::kRenewal:
      return "renewal";
  }
  return "";
}

// Leads are there when the history has some; whether the fit told them apart is the model's to say.
void AddOpenLeads(const BookView& view, const DealOrigins& origins, PipelineStateMessages& state) {
  for (const simulator::HistoryLead& source : origins.leads) {
    if (source.end != simulator::LeadEnd::kOpen) continue;
    metrics::v1::StateOpenLead& lead = state.leads.emplace_back();
    lead.set_lead_id(source.id);
    lead.set_rep_id(view.reps[static_cast<size_t>(source.rep)].id);
    lead.set_segment_id(origins.segments[static_cast<size_t>(source.segment)]);
    lead.set_age_days(static_cast<int32_t>(view.as_of.effective_day + 1 - source.created));
  }
}

void AddCustomers(const BookView& view, const DealOrigins& origins, const std::string& currency,
                  PipelineStateMessages& state) {
  for (const CustomerOfView& source : CustomersOf(view, origins)) {
    const BookOpportunity& win = view.opportunities[static_cast<size_t>(source.win)];
    metrics::v1::StateCustomer& customer = state.customers.emplace_back();
    customer.set_opportunity_id(win.id);
    customer.set_rep_id(view.reps[static_cast<size_t>(source.rep)].id);
    customer.set_segment_id(
        origins
            .segments[static_cast<size_t>(origins.deals[static_cast<size_t>(source.win)].segment)]);
    customer.set_age_days(source.age_days);
    if (win.amount_minor_units.value_or(-1) >= 0) {
      *customer.mutable_amount() = ToProtoMoney(*win.amount_minor_units, currency);
    }
    customer.set_is_renewed(source.is_renewed);
    customer.set_is_expanded(source.is_expanded);
  }
}

}  // namespace

type::v1::AsOf ToProtoAsOf(const ResolvedAsOf& as_of) {
  type::v1::AsOf proto;
  *proto.mutable_effective_date() = ToProtoDate(as_of.effective_day);
  *proto.mutable_recorded_time() = ToProtoTimestamp(as_of.recorded_time);
  proto.set_log_offset(as_of.log_offset);
  return proto;
}

std::string DeterministicBytes(const google::protobuf::Message& message) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    message.SerializeToCodedStream(&coded);
  }
  return bytes;
}

std::vector<int> ModelStages(const BookView& view) {
  std::vector<bool> visited(view.stages.size());
  for (const BookOpportunity& deal : view.opportunities) {
    for (const StageVisit& visit : deal.visits) visited[static_cast<size_t>(visit.stage)] = true;
  }
  std::vector<int> stages;
  for (size_t stage = 0; stage < view.stages.size(); ++stage) {
    if (view.stages[stage].category != StageCategory::kOpen) continue;
    if (stages.empty() && !visited[stage]) continue;
    stages.push_back(static_cast<int>(stage));
  }
  // Every deal was created closed: it passed through some open stage all the same.
  if (stages.empty()) stages.push_back(0);
  return stages;
}

simulator::History ToHistory(const BookView& view) {
  DealOrigins origins = OriginsOf(view);
  simulator::History history;
  history.segments = std::move(origins.segments);
  history.leads = std::move(origins.leads);
  history.currency = CurrencyOf(view);
  history.as_of = view.as_of.effective_day;
  history.periods = PeriodsOf(view);
  history.undated_count = view.undated_count;
  std::vector<int> model_stage(view.stages.size(), -1);
  for (const int stage : ModelStages(view)) {
    model_stage[static_cast<size_t>(stage)] = static_cast<int>(history.stages.size());
    history.stages.push_back(view.stages[static_cast<size_t>(stage)].id);
  }
  for (const BookTeam& team : view.teams) history.teams.push_back(team.id);
  for (const BookRep& source : view.reps) {
    simulator::HistoryRep rep{.id = source.id, .team = source.team, .start = {}, .end = {}};
    if (source.start_day) rep.start = std::min(*source.start_day, history.as_of);
    if (source.end_day && *source.end_day <= history.as_of) rep.end = source.end_day;
    history.reps.push_back(rep);
  }
  history.deals.reserve(view.opportunities.size());
  for (const BookOpportunity& source : view.opportunities) {
    simulator::HistoryDeal deal;
    deal.id = source.id;
    deal.rep = source.rep;
    const DealOrigin& origin = origins.deals[history.deals.size()];
    deal.segment = origin.segment;
    deal.origin = origin.origin;
    deal.predecessor = origin.predecessor;
    deal.created = source.created_day;
    for (const StageVisit& visit : source.visits) {
      const int stage = model_stage[static_cast<size_t>(visit.stage)];
      if (stage >= 0) deal.visits.push_back({.stage = stage, .entered = visit.entered_day});
    }
    if (source.outcome != StageCategory::kOpen) {
      deal.end = source.outcome == StageCategory::kWon ? simulator::DealEnd::kWon
                                                       : simulator::DealEnd::kLost;
      deal.end_day = source.close_day;
    }
    if (source.outcome == StageCategory::kWon && source.amount_minor_units.value_or(-1) >= 0) {
      deal.won_amount_minor_units = source.amount_minor_units;
    }
    for (const AmountCall& call : source.amount_calls) {
      deal.stated_amounts.push_back({call.said_day, call.amount_minor_units});
    }
    history.deals.push_back(std::move(deal));
  }
  return history;
}

metrics::v1::PipelineModel ToProtoModel(const simulator::FittedPipeline& fitted,
                                        const BookView& view, std::string_view workspace) {
  const simulator::PipelineModel& model = fitted.model;
  metrics::v1::PipelineModel proto;
  proto.mutable_segments()->Add(model.segments.begin(), model.segments.end());
  proto.mutable_stages()->Add(model.stages.begin(), model.stages.end());
  proto.mutable_age_bin_edges_days()->Add(model.age_bin_edges_days.begin(),
                                          model.age_bin_edges_days.end());
  proto.mutable_reps()->Add(model.reps.begin(), model.reps.end());
  proto.mutable_teams()->Add(model.teams.begin(), model.teams.end());
  for (const simulator::RepEffect& effect : model.rep_effects) {
    metrics::v1::RepEffect& proto_effect = *proto.add_rep_effects();
    proto_effect.set_mean(effect.mean);
    proto_effect.set_variance(effect.variance);
  }
  for (const simulator::AmountDistribution& amount : model.amounts) {
    *proto.add_amounts() = ToProtoAmount(amount);
  }
  for (const simulator::AmountRevision& revision : model.amount_revisions) {
    *proto.add_amount_revisions() = ToProtoRevision(revision);
  }
  proto.mutable_customer_age_edges_days()->Add(model.customer_age_edges_days.begin(),
                                               model.customer_age_edges_days.end());
  AddSegments(model.renewal_segments, model.segments, *proto.mutable_renewal_segments());
  AddSegments(model.expansion_segments, model.segments, *proto.mutable_expansion_segments());
  if (!model.renewal_segments.empty()) {
    *proto.mutable_renewal_amount() = ToProtoRevision(model.renewal_amount);
  }
  if (!model.expansion_segments.empty()) {
    *proto.mutable_expansion_amount() = ToProtoRevision(model.expansion_amount);
  }
  proto.set_creation_mix_shape(model.creation_mix_shape);
  for (const simulator::ParameterDraw& draw : model.draws) *proto.add_draws() = ToProtoDraw(draw);
  proto.set_currency_code(model.currency);
  *proto.mutable_evidence() = ToProtoEvidence(model.evidence);
  *proto.mutable_as_of() = ToProtoAsOf(view.as_of);
  proto.set_reconstructed(view.reconstructed);
  for (const simulator::ParameterEstimate& estimate : fitted.estimates) {
    *proto.add_estimates() = ToProtoEstimate(estimate);
  }

  const std::string hash = digest::Sha256Hex(DeterministicBytes(proto));
  proto.set_model_hash(hash);
  proto.set_name(absl::StrCat("workspaces/", AbslView(workspace), "/models/", hash));
  return proto;
}

absl::StatusOr<PipelineStateMessages> ToProtoState(const BookView& view,
                                                   const std::vector<FiscalPeriod>& periods) {
  PipelineStateMessages state;
  metrics::v1::PipelineStateHeader& header = state.header;
  const std::string currency = CurrencyOf(view);
  *header.mutable_as_of() = ToProtoAsOf(view.as_of);
  header.set_currency_code(currency);
  for (const FiscalPeriod& period : periods) *header.add_periods() = ToProtoPeriod(period);
  for (const BookTeam& source : view.teams) {
    metrics::v1::StateTeam& team = *header.add_teams();
    team.set_team_id(source.id);
    team.set_display_name(source.display_name);
    if (source.parent >= 0) {
      team.set_parent_team_id(view.teams[static_cast<size_t>(source.parent)].id);
    }
  }
  for (const int stage : ModelStages(view)) {
    const BookStage& source = view.stages[static_cast<size_t>(stage)];
    metrics::v1::StateStage& state_stage = *header.add_stages();
    state_stage.set_stage_id(source.id);
    if (source.win_probability) state_stage.set_stated_win_probability(*source.win_probability);
  }
  const Grouping by_rep(view, metrics::v1::GROUP_BY_REP);
  std::vector<BookingSums> bookings;
  for (const FiscalPeriod& period : periods) {
    QC_ASSIGN_OR_RETURN(BookingSums sums,
                        SumBookings({.view = &view, .grouping = &by_rep, .period = period}));
    bookings.push_back(std::move(sums));
  }
  for (size_t r = 0; r < view.reps.size(); ++r) {
    const BookRep& source = view.reps[r];
    metrics::v1::StateRep& rep = *header.add_reps();
    rep.set_rep_id(source.id);
    rep.set_display_name(source.display_name);
    rep.set_team_id(view.teams[static_cast<size_t>(source.team)].id);
    if (source.start_day) *rep.mutable_start_date() = ToProtoDate(*source.start_day);
    if (source.end_day) *rep.mutable_end_date() = ToProtoDate(*source.end_day);
    for (size_t p = 0; p < periods.size(); ++p) {
      metrics::v1::StateRepPeriod& proto_period = *rep.add_periods();
      const std::optional<int64_t> quota = QuotaOf(source, periods[p].name);
      if (quota) *proto_period.mutable_quota() = ToProtoMoney(*quota, currency);
      *proto_period.mutable_booked() = ToProtoMoney(bookings[p].amounts_minor_units[r], currency);
    }
  }
  const DealOrigins origins = OriginsOf(view);
  for (size_t i = 0; i < origins.deals.size(); ++i) {
    const BookOpportunity& source = view.opportunities[i];
    if (source.outcome != StageCategory::kOpen) continue;
    const StageVisit& stands = source.visits.back();
    metrics::v1::StateOpenDeal& deal = state.deals.emplace_back();
    deal.set_opportunity_id(source.id);
    deal.set_rep_id(view.reps[static_cast<size_t>(source.rep)].id);
    deal.set_segment_id(origins.segments[static_cast<size_t>(origins.deals[i].segment)]);
    deal.set_stage_id(view.stages[static_cast<size_t>(stands.stage)].id);
    // Entered on the as-of day: one whole day old at its end.
    deal.set_age_days(static_cast<int32_t>(view.as_of.effective_day + 1 - stands.entered_day));
    if (source.amount_minor_units) {
      *deal.mutable_amount() = ToProtoMoney(*source.amount_minor_units, currency);
    }
    if (source.expected_close_day) {
      *deal.mutable_expected_close_date() = ToProtoDate(*source.expected_close_day);
    }
    deal.set_motion(MotionId(source.motion));
  }
  AddOpenLeads(view, origins, state);
  if (origins.has_follow_ups) AddCustomers(view, origins, currency, state);
  header.set_open_deal_count(static_cast<int64_t>(state.deals.size()));
  header.set_open_lead_count(static_cast<int64_t>(state.leads.size()));
  header.set_customer_count(static_cast<int64_t>(state.customers.size()));
  // Each message is preceded by its length, so that no two states serialise to the same bytes.
  std::string bytes;
  const auto append = [&bytes](const google::protobuf::Message& message) {
    const std::string message_bytes = DeterministicBytes(message);
    absl::StrAppend(&bytes, message_bytes.size(), ":", message_bytes);
  };
  append(header);
  for (const metrics::v1::StateOpenDeal& deal : state.deals) append(deal);
  for (const metrics::v1::StateOpenLead& lead : state.leads) append(lead);
  for (const metrics::v1::StateCustomer& customer : state.customers) append(customer);
  header.set_state_hash(digest::Sha256Hex(bytes));
  return state;
}

}  // namespace quotacast::metrics
