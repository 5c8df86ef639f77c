#include "services/simulation/business.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/money.h"
#include "base/random.h"
#include "base/status_macros.h"
#include "base/string_views.h"
#include "services/simulation/won_cycle.h"

namespace quotacast::simulation {
namespace {

absl::Status Inconsistent(std::string_view what) {
  return absl::InternalError(
      absl::StrCat("the metrics service sent an inconsistent answer: ", AbslView(what)));
}

// Amounts of metrics may be negative (a credit note booked), so MinorUnitsFrom does not fit.
absl::StatusOr<int64_t> SignedMinorUnits(const google::type::Money& money,
                                         const CurrencyUnit& currency, std::string_view path) {
  if (money.currency_code() != currency.code) {
    return Inconsistent(
        absl::StrCat(AbslView(path), " is in `", money.currency_code(), "`, not ", currency.code));
  }
  const std::optional<int64_t> minor = SignedMinorUnitsFrom(money, currency);
  if (!minor.has_value()) {
    return Inconsistent(absl::StrCat(AbslView(path), " is not a whole number of minor units"));
  }
  return *minor;
}

absl::StatusOr<absl::CivilDay> Day(const google::type::Date& date, std::string_view path) {
  FieldErrors errors;
  const std::optional<absl::CivilDay> day = DayFrom(date, path, errors);
  if (!day.has_value()) return Inconsistent(std::string(errors.Result().message()));
  return *day;
}

simulator::DataTier TierFrom(type::v1::DataTier tier) {
  switch (tier) {
    case type::v1::DATA_TIER_THIN:
      return simulator::DataTier::kThin;
    case type::v1::DATA_TIER_FULL:
      return simulator::DataTier::kFull;
    default:
      return simulator::DataTier::kBenchmarkOnly;
  }
}

simulator::StageCell CellFrom(const metrics::v1::StageCell& from) {
  simulator::StageCell cell;
  cell.entry_day_exit_share = from.entry_day_exit_share();
  cell.first_week_exit_share = from.first_week_exit_share();
  cell.entry_advance_probability = from.entry_advance_probability();
  cell.entry_regress_probability = from.entry_regress_probability();
  cell.regress_destinations.assign(from.regress_destinations().begin(),
                                   from.regress_destinations().end());
  cell.ages.reserve(from.ages_size());
  for (const metrics::v1::AgeCell& age : from.ages()) {
    cell.ages.push_back({.exit_rate_per_day = age.exit_rate_per_day(),
                         .advance_probability = age.advance_probability(),
                         .regress_probability = age.regress_probability()});
  }
  return cell;
}

std::vector<simulator::AmountDistribution> AmountsFrom(
    const google::protobuf::RepeatedPtrField<metrics::v1::AmountDistribution>& messages) {
  std::vector<simulator::AmountDistribution> amounts;
  for (const metrics::v1::AmountDistribution& amount : messages) {
    amounts.push_back({amount.log_median(), amount.log_sd(), amount.cap_minor_units()});
  }
  return amounts;
}

simulator::ParameterDraw DrawFrom(const metrics::v1::ParameterDraw& message) {
  simulator::ParameterDraw draw;
  draw.cells.reserve(message.cells_size());
  for (const metrics::v1::StageCell& from : message.cells()) draw.cells.push_back(CellFrom(from));
  draw.creation_rate_per_day.assign(message.creation_rate_per_day().begin(),
                                    message.creation_rate_per_day().end());
  draw.team_creation_rate_per_day.assign(message.team_creation_rate_per_day().begin(),
                                         message.team_creation_rate_per_day().end());
  draw.market_sd = message.market_sd();
  draw.team_sd = message.team_sd();
  draw.rep_sd = message.rep_sd();
  for (const metrics::v1::PeriodPartEffect& from : message.period_parts()) {
    draw.period_parts.push_back({from.win_log_factor(), from.loss_log_factor()});
  }
  draw.creation_season_log_factors.assign(message.creation_season_log_factors().begin(),
                                          message.creation_season_log_factors().end());
  draw.ramp_weeks = message.ramp_weeks();
  for (const metrics::v1::AttritionBand& from : message.attrition_bands()) {
    draw.attrition_bands.push_back({from.from_tenure_days(), from.rate_per_year()});
  }
  for (const metrics::v1::StageCell& from : message.lead_cells()) {
    draw.lead_cells.push_back(CellFrom(from));
  }
  draw.lead_rate_per_day.assign(message.lead_rate_per_day().begin(),
                                message.lead_rate_per_day().end());
  draw.team_lead_rate_per_day.assign(message.team_lead_rate_per_day().begin(),
                                     message.team_lead_rate_per_day().end());
  draw.renewal_rate_per_day.assign(message.renewal_rate_per_day().begin(),
                                   message.renewal_rate_per_day().end());
  draw.expansion_rate_per_day.assign(message.expansion_rate_per_day().begin(),
                                     message.expansion_rate_per_day().end());
  draw.churn_per_year = message.churn_per_year();
  draw.amounts = AmountsFrom(message.amounts());
  return draw;
}

// The segments that deals of each segment lead to, by position.
absl::StatusOr<std::vector<int>> FollowingSegments(
    const google::protobuf::RepeatedPtrField<std::string>& names,
    const std::vector<std::string>& segments) {
  std::vector<int> positions;
  for (const std::string& name : names) {
    const auto found = std::find(segments.begin(), segments.end(), name);
    if (found == segments.end() && !name.empty()) {
      return Inconsistent(absl::StrCat("deals are followed in the unknown segment `", name, "`"));
    }
    positions.push_back(name.empty() ? -1 : static_cast<int>(found - segments.begin()));
  }
  return positions;
}

absl::StatusOr<simulator::PipelineModel> ModelFrom(const metrics::v1::PipelineModel& message) {
  simulator::PipelineModel model;
  model.segments.assign(message.segments().begin(), message.segments().end());
  model.stages.assign(message.stages().begin(), message.stages().end());
  model.age_bin_edges_days.assign(message.age_bin_edges_days().begin(),
                                  message.age_bin_edges_days().end());
  model.reps.assign(message.reps().begin(), message.reps().end());
  model.teams.assign(message.teams().begin(), message.teams().end());
  for (const metrics::v1::RepEffect& effect : message.rep_effects()) {
    model.rep_effects.push_back({effect.mean(), effect.variance()});
  }
  model.amounts = AmountsFrom(message.amounts());
  model.customer_age_edges_days.assign(message.customer_age_edges_days().begin(),
                                       message.customer_age_edges_days().end());
  QC_ASSIGN_OR_RETURN(model.renewal_segments,
                      FollowingSegments(message.renewal_segments(), model.segments));
  QC_ASSIGN_OR_RETURN(model.expansion_segments,
                      FollowingSegments(message.expansion_segments(), model.segments));
  model.renewal_amount = {message.renewal_amount().log_mean(), message.renewal_amount().log_sd()};
  model.expansion_amount = {message.expansion_amount().log_mean(),
                            message.expansion_amount().log_sd()};
  for (const metrics::v1::AmountRevision& revision : message.amount_revisions()) {
    model.amount_revisions.push_back({revision.log_mean(), revision.log_sd()});
  }
  model.creation_mix_shape = message.creation_mix_shape();
  model.draws.reserve(message.draws_size());
  for (const metrics::v1::ParameterDraw& draw : message.draws()) {
    model.draws.push_back(DrawFrom(draw));
  }
  model.currency = message.currency_code();
  const metrics::v1::FitEvidence& evidence = message.evidence();
  model.evidence.tier = TierFrom(evidence.data_tier());
  model.evidence.created_count = evidence.created_count();
  model.evidence.won_count = evidence.won_count();
  model.evidence.lost_count = evidence.lost_count();
  model.evidence.open_count = evidence.open_count();
  model.evidence.undated_count = evidence.undated_count();
  model.evidence.quarter_count = evidence.quarter_count();
  if (evidence.has_window_start_date()) {
    QC_ASSIGN_OR_RETURN(model.evidence.window_start,
                        Day(evidence.window_start_date(), "evidence.window_start_date"));
  }
  if (evidence.has_window_end_date()) {
    QC_ASSIGN_OR_RETURN(model.evidence.window_end,
                        Day(evidence.window_end_date(), "evidence.window_end_date"));
  }
  return model;
}

absl::Status TakeTeams(const metrics::v1::PipelineStateHeader& header, Business& business) {
  for (const metrics::v1::StateTeam& from : header.teams()) {
    simulator::TeamState team;
    team.key = from.team_id();
    team.id = StableId("team", team.key);
    if (!from.parent_team_id().empty()) {
      const auto parent = business.team_positions.find(from.parent_team_id());
      if (parent == business.team_positions.end()) {
        return Inconsistent(
            absl::StrCat("team ", team.key, " comes before its parent ", from.parent_team_id()));
      }
      team.parent = parent->second;
    }
    business.team_positions[team.key] = static_cast<int>(business.state.teams.size());
    business.team_display_names.push_back(from.display_name().empty() ? team.key
                                                                      : from.display_name());
    business.state.teams.push_back(std::move(team));
  }
  return absl::OkStatus();
}

absl::Status TakeReps(const metrics::v1::PipelineStateHeader& header, Business& business) {
  for (const metrics::v1::StateRep& from : header.reps()) {
    simulator::RepState rep;
    rep.key = from.rep_id();
    rep.id = StableId("rep", rep.key);
    const auto team = business.team_positions.find(from.team_id());
    if (team == business.team_positions.end()) {
      return Inconsistent(
          absl::StrCat("rep ", rep.key, " is in the unknown team `", from.team_id(), "`"));
    }
    rep.team = team->second;
    if (from.has_start_date()) {
      QC_ASSIGN_OR_RETURN(rep.start_date, Day(from.start_date(), rep.key + ".start_date"));
    }
    if (from.has_end_date()) {
      QC_ASSIGN_OR_RETURN(rep.end_date, Day(from.end_date(), rep.key + ".end_date"));
    }
    if (from.periods_size() != header.periods_size()) {
      return Inconsistent(absl::StrCat("rep ", rep.key, " has ", from.periods_size(),
                                       " periods, the state ", header.periods_size()));
    }
    for (const metrics::v1::StateRepPeriod& period : from.periods()) {
      std::optional<int64_t> quota;
      if (period.has_quota()) {
        QC_ASSIGN_OR_RETURN(quota, SignedMinorUnits(period.quota(), business.currency,
                                                    "the quota of rep " + rep.key));
      }
      rep.quota_minor_units.push_back(quota);
      int64_t booked = 0;
      if (period.has_booked()) {
        QC_ASSIGN_OR_RETURN(booked, SignedMinorUnits(period.booked(), business.currency,
                                                     "the bookings of rep " + rep.key));
      }
      rep.booked_minor_units.push_back(booked);
    }
    business.rep_positions[rep.key] = static_cast<int>(business.state.reps.size());
    business.rep_display_names.push_back(from.display_name().empty() ? rep.key
                                                                     : from.display_name());
    business.state.reps.push_back(std::move(rep));
  }
  return absl::OkStatus();
}

std::unordered_map<std::string, int> Positions(const std::vector<std::string>& names) {
  std::unordered_map<std::string, int> positions;
  for (size_t i = 0; i < names.size(); ++i) positions[names[i]] = static_cast<int>(i);
  return positions;
}

absl::Status TakeDeals(const StateMessages& messages, Business& business) {
  if (static_cast<int64_t>(messages.deals.size()) != messages.header.open_deal_count()) {
    return Inconsistent(absl::StrCat("the header announces ", messages.header.open_deal_count(),
                                     " open deals, ", messages.deals.size(), " came"));
  }
  const auto segments = Positions(business.model.segments);
  const auto stages = Positions(business.model.stages);
  business.state.open_deals.reserve(messages.deals.size());
  for (const metrics::v1::StateOpenDeal& from : messages.deals) {
    const auto rep = business.rep_positions.find(from.rep_id());
    const auto segment = segments.find(from.segment_id());
    const auto stage = stages.find(from.stage_id());
    if (rep == business.rep_positions.end() || segment == segments.end() || stage == stages.end()) {
      return Inconsistent(absl::StrCat("deal ", from.opportunity_id(), " names rep `",
                                       from.rep_id(), "`, segment `", from.segment_id(),
                                       "`, stage `", from.stage_id(), "`; one is unknown"));
    }
    simulator::OpenDeal deal;
    deal.key = from.opportunity_id();
    deal.id = StableId("opportunity", deal.key);
    deal.rep = rep->second;
    deal.segment = segment->second;
    deal.stage = stage->second;
    deal.age_days = from.age_days();
    if (from.has_amount()) {
      QC_ASSIGN_OR_RETURN(
          deal.amount_minor_units,
          SignedMinorUnits(from.amount(), business.currency, "the amount of deal " + deal.key));
    } else {
      ++business.deals_without_amount_count;
    }
    business.state.open_deals.push_back(std::move(deal));
  }
  return absl::OkStatus();
}

// Who holds a lead or a customer, and in which segment.
absl::Status TakeHolder(const std::string& what, const std::string& rep_id,
                        const std::string& segment_id, const Business& business, int* rep,
                        int* segment) {
  const auto holder = business.rep_positions.find(rep_id);
  const auto& segments = business.model.segments;
  const auto found = std::find(segments.begin(), segments.end(), segment_id);
  if (holder == business.rep_positions.end() || found == segments.end()) {
    return Inconsistent(absl::StrCat(what, " names rep `", rep_id, "` and segment `", segment_id,
                                     "`; one is unknown"));
  }
  *rep = holder->second;
  *segment = static_cast<int>(found - segments.begin());
  return absl::OkStatus();
}

absl::Status TakeLeads(const StateMessages& messages, Business& business) {
  if (static_cast<int64_t>(messages.leads.size()) != messages.header.open_lead_count()) {
    return Inconsistent(absl::StrCat("the header announces ", messages.header.open_lead_count(),
                                     " open leads, ", messages.leads.size(), " came"));
  }
  for (const metrics::v1::StateOpenLead& from : messages.leads) {
    simulator::OpenLead& lead = business.state.open_leads.emplace_back();
    lead.key = from.lead_id();
    lead.id = StableId("lead", lead.key);
    lead.age_days = from.age_days();
    QC_RETURN_IF_ERROR(TakeHolder("lead " + lead.key, from.rep_id(), from.segment_id(), business,
                                  &lead.rep, &lead.segment));
  }
  return absl::OkStatus();
}

absl::Status TakeCustomers(const StateMessages& messages, Business& business) {
  if (static_cast<int64_t>(messages.customers.size()) != messages.header.customer_count()) {
    return Inconsistent(absl::StrCat("the header announces ", messages.header.customer_count(),
                                     " customers, ", messages.customers.size(), " came"));
  }
  for (const metrics::v1::StateCustomer& from : messages.customers) {
    simulator::Customer& customer = business.state.customers.emplace_back();
    customer.key = from.opportunity_id();
    customer.id = StableId("customer", customer.key);
    customer.age_days = from.age_days();
    customer.is_renewed = from.is_renewed();
    customer.is_expanded = from.is_expanded();
    QC_RETURN_IF_ERROR(TakeHolder("customer " + customer.key, from.rep_id(), from.segment_id(),
                                  business, &customer.rep, &customer.segment));
    if (!from.has_amount()) continue;
    QC_ASSIGN_OR_RETURN(customer.amount_minor_units,
                        SignedMinorUnits(from.amount(), business.currency,
                                         "the amount of customer " + customer.key));
  }
  return absl::OkStatus();
}

// Roughly the share of what enters a stage, or comes as a lead, that advances.
double AdvanceShare(const simulator::StageCell& cell) {
  double advance = 0;
  for (const simulator::AgeCell& age : cell.ages) advance += age.advance_probability;
  return advance / static_cast<double>(cell.ages.size());
}

// Wins of new pipeline to be expected over the horizon: what a trial costs beside what is open.
double ExpectedNewWins(const Business& business) {
  const simulator::PipelineModel& model = business.model;
  const simulator::ParameterDraw& draw = model.draws.front();
  const double days =
      static_cast<double>(business.state.periods.back().end - (business.state.as_of + 1));
  double wins = 0;
  for (size_t g = 0; g < model.segments.size(); ++g) {
    double win_probability = 1;
    for (size_t s = 0; s < model.stages.size(); ++s) {
      win_probability *= AdvanceShare(draw.cells[g * model.stages.size() + s]);
    }
    const double of_leads = draw.lead_cells.empty() ? 0 : AdvanceShare(draw.lead_cells[g]);
    for (size_t r = 0; r < model.reps.size(); ++r) {
      const size_t at = r * model.segments.size() + g;
      double created = draw.creation_rate_per_day[at];
      if (of_leads > 0) created += draw.lead_rate_per_day[at] * of_leads;
      wins += created * days * win_probability;
    }
  }
  return wins;
}

// What each trial decides once: open deals, leads, and what customers may still lead to.
double OpenItems(const Business& business) {
  const simulator::PipelineModel& model = business.model;
  size_t items = business.state.open_deals.size();
  if (!model.draws.front().lead_cells.empty()) items += business.state.open_leads.size();
  const auto leads_on = [](const std::vector<int>& segments, int segment) {
    return !segments.empty() && segments[segment] >= 0;
  };
  for (const simulator::Customer& customer : business.state.customers) {
    if (!customer.is_renewed && leads_on(model.renewal_segments, customer.segment)) ++items;
    if (!customer.is_expanded && leads_on(model.expansion_segments, customer.segment)) ++items;
  }
  return static_cast<double>(items);
}

}  // namespace

void StateMessages::Add(metrics::v1::GetStateResponse&& message) {
  const auto append = [](auto& from, auto& to) {
    to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
  };
  switch (message.part_case()) {
    case metrics::v1::GetStateResponse::kHeader:
      header = std::move(*message.mutable_header());
      break;
    case metrics::v1::GetStateResponse::kDeals:
      append(*message.mutable_deals()->mutable_deals(), deals);
      break;
    case metrics::v1::GetStateResponse::kLeads:
      append(*message.mutable_leads()->mutable_leads(), leads);
      break;
    case metrics::v1::GetStateResponse::kCustomers:
      append(*message.mutable_customers()->mutable_customers(), customers);
      break;
    case metrics::v1::GetStateResponse::PART_NOT_SET:
      break;
  }
}

absl::StatusOr<Business> BusinessFrom(const metrics::v1::PipelineModel& model,
                                      const StateMessages& state) {
  Business business;
  QC_ASSIGN_OR_RETURN(business.model, ModelFrom(model));
  if (absl::Status valid = simulator::ValidateModel(business.model); !valid.ok()) {
    return Inconsistent(StdView(valid.message()));
  }
  const metrics::v1::PipelineStateHeader& header = state.header;
  business.as_of = header.as_of();
  business.model_hash = model.model_hash();
  business.state_hash = header.state_hash();
  business.reconstructed = model.reconstructed();
  business.currency.code = header.currency_code();
  const absl::StatusOr<int> digits = MinorUnitDigits(header.currency_code());
  if (!digits.ok()) return Inconsistent(StdView(digits.status().message()));
  business.currency.digits = *digits;
  business.state.currency = header.currency_code();
  QC_ASSIGN_OR_RETURN(business.state.as_of,
                      Day(header.as_of().effective_date(), "as_of.effective_date"));
  for (const type::v1::FiscalPeriod& from : header.periods()) {
    FiscalPeriod& period = business.state.periods.emplace_back();
    period.name = from.name();
    QC_ASSIGN_OR_RETURN(period.start, Day(from.start_date(), from.name() + ".start_date"));
    QC_ASSIGN_OR_RETURN(period.end, Day(from.end_date(), from.name() + ".end_date"));
  }
  QC_RETURN_IF_ERROR(TakeTeams(header, business));
  QC_RETURN_IF_ERROR(TakeReps(header, business));
  QC_RETURN_IF_ERROR(TakeDeals(state, business));
  QC_RETURN_IF_ERROR(TakeLeads(state, business));
  QC_RETURN_IF_ERROR(TakeCustomers(state, business));
  if (absl::Status valid = simulator::ValidateState(business.state, business.model); !valid.ok()) {
    return Inconsistent(StdView(valid.message()));
  }

  const std::unordered_set<std::string> hiring(business.model.teams.begin(),
                                               business.model.teams.end());
  for (const simulator::TeamState& team : business.state.teams) {
    business.team_can_hire.push_back(hiring.count(team.key) > 0);
  }
  business.short_cycle_share = WonWithinShare(business.model, kShortWonCycleDays);
  business.deals_per_trial = OpenItems(business) + ExpectedNewWins(business);
  return business;
}

}  // namespace quotacast::simulation
