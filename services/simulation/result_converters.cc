#include "services/simulation/result_converters.h"

#include <cstdlib>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "services/simulation/field_values.h"
#include "services/simulation/sentences.h"

namespace quotacast::simulation {
namespace {

bool Wanted(const simulator::Entity& entity, const RunSpec& run) {
  switch (entity.level) {
    case simulator::Level::kOrg:
      return run.wants_org;
    case simulator::Level::kTeam:
      return run.wants_teams;
    case simulator::Level::kRep:
      return run.wants_reps;
  }
  return false;
}

v1::EntityRef EntityRefFrom(const simulator::Entity& entity) {
  v1::EntityRef ref;
  switch (entity.level) {
    case simulator::Level::kOrg:
      ref.set_level(v1::LEVEL_ORG);
      break;
    case simulator::Level::kTeam:
      ref.set_level(v1::LEVEL_TEAM);
      break;
    case simulator::Level::kRep:
      ref.set_level(v1::LEVEL_REP);
      break;
  }
  ref.set_entity_id(entity.key);
  return ref;
}

std::string DisplayName(const simulator::Entity& entity, const Business& business) {
  if (entity.level == simulator::Level::kOrg) return "Organisation";
  if (entity.level == simulator::Level::kTeam) {
    const auto team = business.team_positions.find(entity.key);
    return team == business.team_positions.end() ? entity.key
                                                 : business.team_display_names[team->second];
  }
  const auto rep = business.rep_positions.find(entity.key);
  return rep == business.rep_positions.end() ? entity.key : business.rep_display_names[rep->second];
}

type::v1::FiscalPeriod PeriodMessage(const FiscalPeriod& period) {
  type::v1::FiscalPeriod message;
  message.set_name(period.name);
  *message.mutable_start_date() = DateFrom(period.start);
  *message.mutable_end_date() = DateFrom(period.end);
  return message;
}

const simulator::PeriodForecast& PeriodOf(const simulator::Forecast& forecast, const RunSpec& run) {
  for (const simulator::PeriodForecast& period : forecast.periods) {
    if (period.period == run.period) return period;
  }
  // The plan was compiled with this period; a forecast without it is a broken invariant.
  std::abort();
}

}  // namespace

type::v1::Estimate EstimateFrom(const simulator::Estimate& estimate, double scale) {
  type::v1::Estimate message;
  message.set_value(estimate.value / scale);
  message.set_monte_carlo_error(estimate.monte_carlo_se / scale);
  message.set_parameter_sd(estimate.parameter_sd / scale);
  message.set_total_error(estimate.total_se / scale);
  return message;
}

type::v1::Distribution DistributionFrom(const simulator::DistributionSummary& summary,
                                        double scale) {
  type::v1::Distribution message;
  *message.mutable_mean() = EstimateFrom(summary.mean, scale);
  message.set_sd(summary.sd / scale);
  for (const simulator::QuantileValue& quantile : summary.quantiles) {
    type::v1::Quantile* to = message.add_quantiles();
    to->set_probability(quantile.probability);
    to->set_value(quantile.value / scale);
  }
  return message;
}

const simulator::EntityPeriodForecast& OrgForecast(const simulator::Forecast& forecast,
                                                   const RunSpec& run) {
  return PeriodOf(forecast, run).entities.front();  // PlanShape begins with the organisation.
}

v1::ForecastResult ForecastResultFrom(const simulator::Forecast& forecast, const Business& business,
                                      const RunSpec& run, const v1::ForecastSpec& spec) {
  const simulator::PeriodForecast& period = PeriodOf(forecast, run);
  const double minor_per_major = static_cast<double>(business.currency.minor_per_major());
  v1::ForecastResult result;
  *result.mutable_period() = PeriodMessage(business.state.periods[run.period]);
  for (const simulator::EntityPeriodForecast& from : period.entities) {
    if (!Wanted(from.entity, run)) continue;
    v1::EntityForecast* to = result.add_entities();
    *to->mutable_entity() = EntityRefFrom(from.entity);
    to->set_display_name(DisplayName(from.entity, business));
    to->set_is_hire(from.entity.is_hire);
    if (from.quota_minor_units.has_value()) {
      *to->mutable_quota() = MoneyFrom(*from.quota_minor_units, business.currency);
    }
    *to->mutable_booked() = MoneyFrom(from.booked_minor_units, business.currency);
    *to->mutable_bookings() = DistributionFrom(from.bookings, minor_per_major);
    if (from.attain_probability.has_value()) {
      *to->mutable_attain_probability() = EstimateFrom(*from.attain_probability, 1);
    }
    if (from.bookings_tail_mean.has_value()) {
      *to->mutable_bookings_tail_mean() = EstimateFrom(*from.bookings_tail_mean, minor_per_major);
    }
    if (from.payout.has_value()) {
      *to->mutable_payout() = DistributionFrom(*from.payout, minor_per_major);
    }
    if (from.payout_tail_mean.has_value()) {
      *to->mutable_payout_tail_mean() = EstimateFrom(*from.payout_tail_mean, minor_per_major);
    }
  }
  if (period.reps_at_quota_share.has_value()) {
    *result.mutable_reps_at_quota_share() = DistributionFrom(*period.reps_at_quota_share, 1);
  }
  result.set_eligible_rep_count(period.eligible_rep_count);
  for (const simulator::FanPoint& from : period.org_fan) {
    v1::FanPoint* to = result.add_org_fan();
    *to->mutable_date() = DateFrom(from.step_end - 1);
    *to->mutable_bookings() = DistributionFrom(from.bookings, minor_per_major);
  }
  for (size_t i = 0; i < forecast.thresholds.size(); ++i) {
    v1::ThresholdResult* to = result.add_thresholds();
    *to->mutable_query() = spec.thresholds(static_cast<int>(i));
    *to->mutable_probability() = EstimateFrom(forecast.thresholds[i], 1);
  }
  result.set_currency_code(business.currency.code);
  result.set_summary(ForecastSentence(OrgForecast(forecast, run), business, run));
  return result;
}

void AddDrivers(const simulator::Drivers& drivers, const Business& business,
                const simulator::Scenario& scenario, v1::ForecastResult& result) {
  const std::vector<simulator::OpenDeal>& open_deals = business.state.open_deals;
  std::unordered_map<std::string_view, size_t> positions;
  for (const simulator::DealDriver& driver : drivers.deals) positions[driver.key] = 0;
  for (size_t i = 0; i < open_deals.size(); ++i) {
    const auto found = positions.find(open_deals[i].key);
    if (found != positions.end()) found->second = i;
  }
  std::unordered_map<size_t, int> new_owners;
  for (const simulator::Reassignment& reassignment : scenario.reassignments) {
    new_owners[static_cast<size_t>(reassignment.deal)] = reassignment.rep;
  }
  for (const simulator::DealDriver& from : drivers.deals) {
    const size_t position = positions.at(from.key);
    const simulator::OpenDeal& deal = open_deals[position];
    const auto new_owner = new_owners.find(position);
    const int owner = new_owner == new_owners.end() ? deal.rep : new_owner->second;
    v1::DealDriver* to = result.add_deal_drivers();
    to->set_opportunity_id(from.key);
    to->set_rep_id(business.state.reps[owner].key);
    to->set_stage_id(business.model.stages[deal.stage]);
    if (deal.amount_minor_units.has_value()) {
      *to->mutable_amount() = MoneyFrom(*deal.amount_minor_units, business.currency);
    }
    *to->mutable_win_probability() = EstimateFrom(from.win_probability, 1);
    to->set_variance_share(from.variance_share);
    if (from.attain_probability_if_won.has_value()) {
      *to->mutable_attain_probability_if_won() = EstimateFrom(*from.attain_probability_if_won, 1);
    }
    if (from.attain_probability_if_not_won.has_value()) {
      *to->mutable_attain_probability_if_not_won() =
          EstimateFrom(*from.attain_probability_if_not_won, 1);
    }
  }
  for (const simulator::RepDriver& from : drivers.reps) {
    v1::RepDriver* to = result.add_rep_drivers();
    *to->mutable_entity() = EntityRefFrom(from.entity);
    to->set_display_name(DisplayName(from.entity, business));
    to->set_variance_share(from.variance_share);
  }
}

std::vector<v1::EntityDifference> DifferencesFrom(
    const std::vector<simulator::PairedDifference>& differences, const Business& business,
    const RunSpec& run) {
  const double minor_per_major = static_cast<double>(business.currency.minor_per_major());
  std::vector<v1::EntityDifference> messages;
  for (const simulator::PairedDifference& from : differences) {
    if (from.period != run.period || !Wanted(from.entity, run)) continue;
    v1::EntityDifference& to = messages.emplace_back();
    *to.mutable_entity() = EntityRefFrom(from.entity);
    to.set_display_name(DisplayName(from.entity, business));
    *to.mutable_difference() = DistributionFrom(from.difference, minor_per_major);
    *to.mutable_better_probability() = EstimateFrom(from.better_probability, 1);
    *to.mutable_tie_probability() = EstimateFrom(from.tie_probability, 1);
    if (from.attain_probability_change.has_value()) {
      *to.mutable_attain_probability_change() = EstimateFrom(*from.attain_probability_change, 1);
    }
    if (from.payout_difference.has_value()) {
      *to.mutable_payout_difference() = DistributionFrom(*from.payout_difference, minor_per_major);
    }
  }
  return messages;
}

type::v1::Certificate CertificateBase(const metrics::v1::PipelineModel& model,
                                      const metrics::v1::PipelineStateHeader& header) {
  type::v1::Certificate certificate;
  *certificate.mutable_as_of() = header.as_of();
  certificate.set_model_hash(model.model_hash());
  certificate.set_state_hash(header.state_hash());
  certificate.set_draw_count(model.draws_size());
  certificate.set_data_tier(model.evidence().data_tier());
  certificate.set_reconstructed(model.reconstructed());
  certificate.set_undated_deal_count(model.evidence().undated_count());
  return certificate;
}

}  // namespace quotacast::simulation
