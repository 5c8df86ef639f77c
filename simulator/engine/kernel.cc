#include "simulator/engine/kernel.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <utility>

#include "simulator/engine/chebyshev.h"
#include "simulator/engine/deterministic_math.h"
#include "simulator/engine/inversion.h"

namespace quotacast::simulator {
namespace {

// Work between two looks at the cancel check, in deal-trials: a few tens of milliseconds.
constexpr int64_t kWorkPerPoll = 1'000'000;

// Counts and times are numbered (period, win) in the 24-bit index of the generator.
constexpr int kWinIndexBits = 16;
static_assert(kMaxPoissonCount < (1 << kWinIndexBits));

// First step in [first, last] whose cumulative polynomial exceeds `target` at t; `last` when none
// before it does. The polynomials ascend up to the interpolation error.
int FirstStepAbove(const double* table, int size, int first, int last, double t, double target) {
  while (first < last) {
    const int middle = first + (last - first) / 2;
    const double value = EvaluatePolynomial(table + static_cast<size_t>(middle) * size, size, t);
    if (target < value) {
      last = middle;
    } else {
      first = middle + 1;
    }
  }
  return first;
}

// What a deal is worth when amounts are `factor` times as large.
int64_t SizedAmount(int64_t amount, double factor) {
  if (factor == 1) return amount;
  const double sized = static_cast<double>(amount) * factor;
  return sized >= static_cast<double>(kMaxAmountMinorUnits) ? kMaxAmountMinorUnits
                                                            : static_cast<int64_t>(sized + 0.5);
}

}  // namespace

Kernel::Kernel(const Blueprint& plan)
    : plan_(plan),
      lanes_(plan.layout.batch_size),
      steps_(plan.grid.step_count()),
      marks_(plan.grid.mark_count()),
      periods_(plan.grid.period_count()),
      market_(lanes_),
      team_(plan.factor_team_ids.size() * lanes_),
      shift_(lanes_),
      mix_(lanes_),
      uniform_(lanes_),
      probability_(lanes_),
      win_count_(lanes_),
      left_(lanes_, -1),
      won_(static_cast<size_t>(steps_) * lanes_),
      sums_(static_cast<size_t>(marks_) * lanes_),
      inherited_(static_cast<size_t>(plan.inheriting_seller_count) * marks_ * lanes_),
      org_(static_cast<size_t>(steps_) * lanes_),
      team_sums_(static_cast<size_t>(plan.shape.team_count) * marks_ * lanes_),
      at_quota_(static_cast<size_t>(periods_) * lanes_),
      drivers_(plan),
      payout_(lanes_),
      payout_sums_(plan.shape.pays()
                       ? static_cast<size_t>(1 + plan.shape.team_count) * periods_ * lanes_
                       : 0),
      workload_(plan.grid, plan.options.step_days, plan.options.seed),
      passed_(static_cast<size_t>(plan.inheriting_seller_count) * lanes_) {}

void Kernel::Uniforms(uint64_t entity_id, RandomPurpose purpose, uint32_t index,
                      double* uniforms) const {
  for (int lane = 0; lane < lanes_; lane += kBlockTrials) {
    const std::array<uint32_t, 4> words =
        RandomBlock(plan_.options.seed, entity_id,
                    first_block_ + static_cast<uint32_t>(lane / kBlockTrials), purpose, index);
    for (int i = 0; i < kBlockTrials; ++i) uniforms[lane + i] = UniformOpen(words[i]);
  }
}

double Kernel::LaneUniform(uint64_t entity_id, RandomPurpose purpose, uint32_t index,
                           int lane) const {
  return UniformOpen(RandomBlock(plan_.options.seed, entity_id,
                                 first_block_ + static_cast<uint32_t>(lane / kBlockTrials), purpose,
                                 index)[lane % kBlockTrials]);
}

bool Kernel::CancelledAfter(int64_t work) {
  work_since_poll_ += work;
  if (work_since_poll_ >= kWorkPerPoll) {
    work_since_poll_ = 0;
    if (*cancel_ && (*cancel_)()) cancelled_ = true;
  }
  return cancelled_;
}

void Kernel::DrawFactors(const DrawTables& tables) {
  const auto draw = [&](uint64_t id, RandomPurpose purpose, double sd, double* factor) {
    if (sd == 0) {
      std::fill(factor, factor + lanes_, 0);
      return;
    }
    Uniforms(id, purpose, 0, factor);
    for (int lane = 0; lane < lanes_; ++lane) factor[lane] = sd * NormalQuantile(factor[lane]);
  };
  draw(StableId("factor", "market"), RandomPurpose::kMarket, tables.market_sd, market_.data());
  for (size_t t = 0; t < plan_.factor_team_ids.size(); ++t) {
    draw(plan_.factor_team_ids[t], RandomPurpose::kTeam, tables.team_sd, &team_[t * lanes_]);
  }
}

void Kernel::DrawShift(const Seller& seller, const DrawTables& tables) {
  const double* team = &team_[static_cast<size_t>(seller.team_factor) * lanes_];
  for (int lane = 0; lane < lanes_; ++lane) {
    shift_[lane] = market_[lane] + team[lane] + seller.effect_mean;
  }
  const double own_sd = seller.is_hire ? tables.rep_sd : std::sqrt(seller.effect_variance);
  if (own_sd > 0) {
    Uniforms(seller.id, RandomPurpose::kRep, 0, uniform_.data());
    for (int lane = 0; lane < lanes_; ++lane) {
      shift_[lane] += own_sd * NormalQuantile(uniform_[lane]);
    }
  }
  const double radius = plan_.bases[seller.basis].radius();
  for (int lane = 0; lane < lanes_; ++lane) {
    double t = shift_[lane] / radius;
    if (t > 1 || t < -1) {
      t = t > 1 ? 1 : -1;
      ++clamped_count_;
    }
    shift_[lane] = t;
  }
}

void Kernel::DrawDeparture(int position, const DrawTables& tables) {
  std::fill(left_.begin(), left_.end(), -1);
  left_lanes_.clear();
  if (tables.gone_by.empty() || tables.gone_by[position].empty()) return;
  const std::vector<double>& gone_by = tables.gone_by[position];
  Uniforms(plan_.sellers[position].id, RandomPurpose::kDeparture, 0, uniform_.data());
  for (int lane = 0; lane < lanes_; ++lane) {
    const auto from = std::upper_bound(gone_by.begin(), gone_by.end(), uniform_[lane]);
    if (from == gone_by.end()) continue;
    left_[lane] = static_cast<int>(from - gone_by.begin());
    left_lanes_.push_back(lane);
  }
}

void Kernel::SimulateOpenDeals(const Seller& seller, const DrawTables& tables) {
  for (size_t position = 0; position < seller.deals.size(); ++position) {
    const DealPlan& deal = seller.deals[position];
    if (CancelledAfter(lanes_)) return;
    const int size = deal.table.size;
    const double* table = &tables.polynomials[static_cast<size_t>(deal.table.offset)];
    EvaluatePolynomialLanes(table + static_cast<size_t>(steps_ - 1) * size, size, shift_.data(),
                            lanes_, probability_.data());
    const auto table_of = [&](int lane) {
      const TableSlot& slot = SlotOf(seller, &LeftPlan::deals, position, deal.table, lane);
      return &tables.polynomials[static_cast<size_t>(slot.offset)];
    };
    for (const int lane : left_lanes_) {
      probability_[lane] = EvaluatePolynomial(
          table_of(lane) + static_cast<size_t>(steps_ - 1) * size, size, shift_[lane]);
    }
    Uniforms(deal.id, RandomPurpose::kOpenDeal, 0, uniform_.data());
    for (int lane = 0; lane < lanes_; ++lane) {
      // One uniform decides the whole remaining life: won in step j when F_{j-1} <= u < F_j.
      if (uniform_[lane] >= probability_[lane]) continue;
      const int step =
          FirstStepAbove(table_of(lane), size, 0, steps_ - 1, shift_[lane], uniform_[lane]);
      const int64_t won =
          AddWin(seller, tables.size_factors[deal.flow], step, lane, AmountOf(deal, tables, lane));
      drivers_.AddWin(deal.driver, step, lane, won);
    }
  }
}

int64_t Kernel::AmountOf(const DealPlan& deal, const DrawTables& tables, int lane) const {
  if (deal.amount_minor_units.has_value()) return *deal.amount_minor_units;
  if (deal.revised >= 0) {
    return AmountQuantile(plan_.revised_amounts[deal.revised],
                          LaneUniform(deal.id, RandomPurpose::kRevision, 0, lane));
  }
  return AmountQuantile((*tables.amounts)[deal.segment],
                        LaneUniform(deal.id, RandomPurpose::kAmount, 0, lane));
}

int64_t Kernel::AddWin(const Seller& seller, const std::vector<double>& size_factors, int step,
                       int lane, int64_t amount) {
  if (!size_factors.empty()) amount = SizedAmount(amount, size_factors[step]);
  if (left_[lane] != -1 && step >= seller.left[left_[lane]].first_step) {
    AddTeamWin(seller, step, lane, amount);
    return amount;
  }
  const int booked_by = seller.BookedBy(step);
  if (booked_by == -1) {
    won_[static_cast<size_t>(step) * lanes_ + lane] += amount;
    return amount;
  }
  org_[static_cast<size_t>(step) * lanes_ + lane] += amount;
  const Step& at = plan_.grid.steps[step];
  int64_t* sums =
      &inherited_[static_cast<size_t>(plan_.sellers[booked_by].inherits) * marks_ * lanes_];
  for (int mark = at.mark; mark < marks_ && plan_.grid.marks[mark].period == at.period; ++mark) {
    sums[static_cast<size_t>(mark) * lanes_ + lane] += amount;
  }
  return amount;
}

void Kernel::AddTeamWin(const Seller& seller, int step, int lane, int64_t amount) {
  org_[static_cast<size_t>(step) * lanes_ + lane] += amount;
  const Step& at = plan_.grid.steps[step];
  for (const int team : seller.team_entities) {
    int64_t* sums = &team_sums_[static_cast<size_t>(team - 1) * marks_ * lanes_];
    for (int mark = at.mark; mark < marks_ && plan_.grid.marks[mark].period == at.period; ++mark) {
      sums[static_cast<size_t>(mark) * lanes_ + lane] += amount;
    }
  }
}

void Kernel::SimulateBackfill(const Seller& seller, const DrawTables& tables) {
  if (seller.backfill.empty()) return;
  const ChebyshevBasis& basis = plan_.bases[seller.backfill_basis];
  for (const int lane : left_lanes_) {
    if (CancelledAfter(kBlockTrials)) return;
    double shift = market_[lane] + team_[static_cast<size_t>(seller.team_factor) * lanes_ + lane];
    if (tables.rep_sd > 0) {
      shift += tables.rep_sd *
               NormalQuantile(LaneUniform(seller.backfill_id, RandomPurpose::kRep, 0, lane));
    }
    double t = shift / basis.radius();
    if (t > 1 || t < -1) {
      t = t > 1 ? 1 : -1;
      ++clamped_count_;
    }
    const double mix = plan_.mixing.is_constant()
                           ? 1
                           : plan_.mixing.Quantile(LaneUniform(
                                 seller.backfill_id, RandomPurpose::kCreationMix, 0, lane));
    BackfillLane(seller, tables, lane, t, mix);
  }
}

void Kernel::BackfillLane(const Seller& seller, const DrawTables& tables, int lane, double t,
                          double mix) {
  for (size_t position = 0; position < seller.backfill.size(); ++position) {
    const CreationPlan& creation = seller.backfill[position];
    const TableSlot& slot = seller.left[left_[lane]].backfill[position];
    const double* table = &tables.polynomials[static_cast<size_t>(slot.offset)];
    const double rate = mix * CreationRate(creation, true, *tables.parameters);
    const std::vector<double>& sizes = tables.size_factors[creation.flow];
    for (int period = 0; period < periods_; ++period) {
      const int last = plan_.grid.last_step_of_period[period];
      const double expected =
          EvaluatePolynomial(table + static_cast<size_t>(last) * slot.size, slot.size, t);
      const uint32_t of_period = static_cast<uint32_t>(period);
      const int wins =
          PoissonQuantile(rate * std::max(0.0, expected),
                          LaneUniform(creation.id, RandomPurpose::kNewDealCount, of_period, lane));
      if (wins == kMaxPoissonCount) ++clamped_count_;
      for (int win = 0; win < wins; ++win) {
        const uint32_t index = (of_period << kWinIndexBits) | static_cast<uint32_t>(win);
        const int step = FirstStepAbove(
            table, slot.size, plan_.grid.first_step_of_period[period], last, t,
            LaneUniform(creation.id, RandomPurpose::kNewDealTiming, index, lane) * expected);
        const int64_t amount =
            AmountQuantile((*tables.amounts)[creation.segment],
                           LaneUniform(creation.id, RandomPurpose::kAmount, index, lane));
        AddTeamWin(seller, step, lane, sizes.empty() ? amount : SizedAmount(amount, sizes[step]));
      }
    }
  }
}

void Kernel::DrawMix(const Seller& seller) {
  if (plan_.mixing.is_constant()) {
    std::fill(mix_.begin(), mix_.end(), 1);
    return;
  }
  Uniforms(seller.id, RandomPurpose::kCreationMix, 0, mix_.data());
  for (int lane = 0; lane < lanes_; ++lane) mix_[lane] = plan_.mixing.Quantile(mix_[lane]);
}

void Kernel::SimulateNewDeals(const Seller& seller, const DrawTables& tables) {
  if (seller.creation.empty()) return;
  DrawMix(seller);
  for (size_t position = 0; position < seller.creation.size(); ++position) {
    const double rate = CreationRate(seller.creation[position], seller.is_hire, *tables.parameters);
    if (rate == 0) continue;
    for (int period = 0; period < periods_; ++period) {
      SimulateNewDealsOfPeriod(seller, position, tables, rate, period);
    }
  }
}

void Kernel::SimulateNewDealsOfPeriod(const Seller& seller, size_t position,
                                      const DrawTables& tables, double rate, int period) {
  const CreationPlan& creation = seller.creation[position];
  const double* table = &tables.polynomials[static_cast<size_t>(creation.table.offset)];
  const int size = creation.table.size;
  const int first = plan_.grid.first_step_of_period[period];
  const int last = plan_.grid.last_step_of_period[period];
  // Wins of a period are Poisson given the factors (thinning), independent between periods; the
  // step of each then follows from the steps' shares of the mean.
  EvaluatePolynomialLanes(table + static_cast<size_t>(last) * size, size, shift_.data(), lanes_,
                          probability_.data());
  const auto table_of = [&](int lane) {
    const TableSlot& slot = SlotOf(seller, &LeftPlan::creation, position, creation.table, lane);
    return &tables.polynomials[static_cast<size_t>(slot.offset)];
  };
  for (const int lane : left_lanes_) {
    probability_[lane] =
        EvaluatePolynomial(table_of(lane) + static_cast<size_t>(last) * size, size, shift_[lane]);
  }
  Uniforms(creation.id, RandomPurpose::kNewDealCount, static_cast<uint32_t>(period),
           uniform_.data());
  for (int lane = 0; lane < lanes_; ++lane) {
    win_count_[lane] = PoissonQuantile(rate * mix_[lane] * probability_[lane], uniform_[lane]);
    if (win_count_[lane] == kMaxPoissonCount) ++clamped_count_;
  }
  const AmountDistribution& amounts = (*tables.amounts)[creation.segment];
  for (int block = 0; block < lanes_; block += kBlockTrials) {
    const int* counts = &win_count_[block];
    const int most = std::max(std::max(counts[0], counts[1]), std::max(counts[2], counts[3]));
    if (CancelledAfter(kBlockTrials * (1 + most))) return;
    for (int win = 0; win < most; ++win) {
      const uint32_t index =
          (static_cast<uint32_t>(period) << kWinIndexBits) | static_cast<uint32_t>(win);
      const uint32_t trial_block = first_block_ + static_cast<uint32_t>(block / kBlockTrials);
      const auto timing = RandomBlock(plan_.options.seed, creation.id, trial_block,
                                      RandomPurpose::kNewDealTiming, index);
      const auto amount =
          RandomBlock(plan_.options.seed, creation.id, trial_block, RandomPurpose::kAmount, index);
      for (int i = 0; i < kBlockTrials; ++i) {
        if (win >= counts[i]) continue;
        const int lane = block + i;
        const int step = FirstStepAbove(table_of(lane), size, first, last, shift_[lane],
                                        UniformOpen(timing[i]) * probability_[lane]);
        AddWin(seller, tables.size_factors[creation.flow], step, lane,
               AmountQuantile(amounts, UniformOpen(amount[i])));
      }
    }
  }
}

void Kernel::RecordSeries(int series, const int64_t* values, int draw, Partial* into) {
  ExactMoments& moments =
      into->moments[static_cast<size_t>(series) * plan_.shape.draw_count + draw];
  for (int lane = 0; lane < lanes_; ++lane) moments.Add(values[lane]);
  const SeriesGroup& group = plan_.shape.GroupOf(series);
  const size_t slot = static_cast<size_t>(group.first_slot + series - group.first_series);
  if (group.storage == SeriesStorage::kSamples) {
    std::copy(values, values + lanes_, samples_ + slot * lanes_);
  } else {
    for (int lane = 0; lane < lanes_; ++lane) into->histograms[slot].Add(values[lane]);
  }
}

void Kernel::RecordEntity(int entity, const int64_t* sums, int draw, Partial* into) {
  for (int mark = 0; mark < marks_; ++mark) {
    RecordSeries(plan_.shape.EntitySeries(entity, mark), sums + static_cast<size_t>(mark) * lanes_,
                 draw, into);
  }
}

void Kernel::Book(const Seller& seller, int draw, Partial* into) {
  for (int step = 0; step < steps_; ++step) {
    const int64_t* won = &won_[static_cast<size_t>(step) * lanes_];
    int64_t* org = &org_[static_cast<size_t>(step) * lanes_];
    for (int lane = 0; lane < lanes_; ++lane) org[lane] += won[lane];
    // A mark sums from the start of its period: all steps of the period up to it.
    const Step& at = plan_.grid.steps[step];
    for (int mark = at.mark; mark < marks_ && plan_.grid.marks[mark].period == at.period; ++mark) {
      int64_t* sums = &sums_[static_cast<size_t>(mark) * lanes_];
      for (int lane = 0; lane < lanes_; ++lane) sums[lane] += won[lane];
    }
  }
  for (const int team : seller.team_entities) {
    int64_t* to = &team_sums_[static_cast<size_t>(team - 1) * marks_ * lanes_];
    for (size_t i = 0; i < sums_.size(); ++i) to[i] += sums_[i];
  }
  RecordEntity(seller.entity, sums_.data(), draw, into);
  const size_t last_mark = static_cast<size_t>(plan_.grid.mark_of_period.back());
  drivers_.AddPerson(seller.entity, &sums_[last_mark * lanes_]);
  if (plan_.shape.pays()) PayOut(seller, draw, into);
  for (int period = 0; period < periods_; ++period) {
    const size_t cell = static_cast<size_t>(seller.entity) * periods_ + period;
    const int64_t wanted = plan_.wanted_minor_units[cell];
    if (wanted == Seller::kNoQuota) continue;
    const int64_t* sums = &sums_[static_cast<size_t>(plan_.grid.mark_of_period[period]) * lanes_];
    int64_t* at_quota = &at_quota_[static_cast<size_t>(period) * lanes_];
    int64_t attained = 0;
    for (int lane = 0; lane < lanes_; ++lane) {
      const int64_t reached = sums[lane] >= wanted ? 1 : 0;
      at_quota[lane] += reached;
      attained += reached;
    }
    into->attain_counts[cell * plan_.shape.draw_count + draw] += attained;
  }
}

bool Kernel::SimulateBatch(const DrawTables& tables, int draw, int64_t batch,
                           const CancelCheck& cancel, Partial* into) {
  first_block_ = static_cast<uint32_t>(batch * lanes_ / kBlockTrials);
  clamped_count_ = 0;
  cancel_ = &cancel;
  cancelled_ = false;
  BatchSamples samples;
  samples.batch = batch;
  samples.values.resize(static_cast<size_t>(plan_.shape.sampled_series_count) * lanes_);
  samples_ = samples.values.data();
  std::fill(org_.begin(), org_.end(), 0);
  std::fill(team_sums_.begin(), team_sums_.end(), 0);
  std::fill(at_quota_.begin(), at_quota_.end(), 0);
  std::fill(payout_sums_.begin(), payout_sums_.end(), 0);
  drivers_.Clear();

  DrawFactors(tables);
  std::fill(inherited_.begin(), inherited_.end(), 0);
  for (const int position : plan_.order) {
    const Seller& seller = plan_.sellers[position];
    std::fill(won_.begin(), won_.end(), 0);
    if (seller.inherits == -1) {
      std::fill(sums_.begin(), sums_.end(), 0);
    } else {
      std::copy_n(&inherited_[static_cast<size_t>(seller.inherits) * marks_ * lanes_], sums_.size(),
                  sums_.begin());
    }
    DrawShift(seller, tables);
    DrawDeparture(position, tables);
    if (seller.works_deal_by_deal) {
      SimulateDealByDeal(position, tables);
    } else {
      SimulateOpenDeals(seller, tables);
      SimulateNewDeals(seller, tables);
    }
    SimulateBackfill(seller, tables);
    Book(seller, draw, into);
    if (CancelledAfter(static_cast<int64_t>(lanes_) * steps_)) return false;
  }
  // The org's steps become sums from the start of the period.
  for (int step = 1; step < steps_; ++step) {
    if (plan_.grid.steps[step].period != plan_.grid.steps[step - 1].period) continue;
    int64_t* org = &org_[static_cast<size_t>(step) * lanes_];
    for (int lane = 0; lane < lanes_; ++lane) org[lane] += org[lane - lanes_];
  }
  for (int step = 0; step < steps_; ++step) {
    RecordSeries(plan_.shape.OrgSeries(step), &org_[static_cast<size_t>(step) * lanes_], draw,
                 into);
  }
  for (int period = 0; period < periods_; ++period) {
    RecordSeries(plan_.shape.AtQuotaSeries(period),
                 &at_quota_[static_cast<size_t>(period) * lanes_], draw, into);
  }
  for (int team = 0; team < plan_.shape.team_count; ++team) {
    RecordEntity(1 + team, &team_sums_[static_cast<size_t>(team) * marks_ * lanes_], draw, into);
  }
  // Attainment of the org and the teams.
  for (int entity = 0; entity <= plan_.shape.team_count; ++entity) {
    for (int period = 0; period < periods_; ++period) {
      const size_t cell = static_cast<size_t>(entity) * periods_ + period;
      const int64_t wanted = plan_.wanted_minor_units[cell];
      if (wanted == Seller::kNoQuota) continue;
      const int mark = plan_.grid.mark_of_period[period];
      const int64_t* sums =
          entity == 0 ? &org_[static_cast<size_t>(plan_.grid.marks[mark].step) * lanes_]
                      : &team_sums_[(static_cast<size_t>(entity - 1) * marks_ + mark) * lanes_];
      int64_t attained = 0;
      for (int lane = 0; lane < lanes_; ++lane) attained += sums[lane] >= wanted ? 1 : 0;
      into->attain_counts[cell * plan_.shape.draw_count + draw] += attained;
    }
  }
  const size_t last_step = static_cast<size_t>(plan_.grid.last_step_of_period.back());
  drivers_.Close(&org_[last_step * lanes_], draw, into);
  if (plan_.shape.pays()) RecordPayouts(draw, into);
  into->clamped_count += clamped_count_;
  into->batches.push_back(std::move(samples));
  return true;
}

}  // namespace quotacast::simulator
