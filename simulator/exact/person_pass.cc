#include "simulator/exact/person_pass.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace quotacast::simulator {

double ShiftLaw::sd() const { return std::sqrt(own_variance + shared_sd * shared_sd); }

ShiftLaw ShiftLawOf(const Seller& seller, const DrawTables& tables) {
  const OwnShift own = OwnShiftOf(seller, tables);
  return {own.mean, own.variance,
          std::sqrt(tables.market_sd * tables.market_sd + tables.team_sd * tables.team_sd)};
}

PersonScale ScaleOf(const ExactContext& context, const Seller& seller, const DrawTables& tables,
                    int mark) {
  const ShiftLaw shift = ShiftLawOf(seller, tables);
  const auto moments = [&](double x) {
    return MomentsOf(seller, context.laws.Of(tables),
                     ChancesAt(context.plan, seller, tables, mark, x));
  };
  PersonScale scale;
  const WonMoments middle = moments(shift.mean);
  scale.own_sd = std::sqrt(std::max(0.0, middle.variance));
  const auto move = [&](double sd) {
    if (sd == 0) return 0.0;
    return 0.5 * std::abs(moments(shift.mean + sd).mean - moments(shift.mean - sd).mean);
  };
  scale.shift_move = move(shift.sd());
  scale.shared_move = move(shift.shared_sd);
  const NormalNodes nodes =
      shift.sd() == 0 ? NormalNodes{{0}, {1}} : context.rules.ForRatio(scale.ShiftRatio());
  for (size_t i = 0; i < nodes.points.size(); ++i) {
    const WinChances chances =
        ChancesAt(context.plan, seller, tables, mark, shift.mean + shift.sd() * nodes.points[i]);
    const WonMoments at = MomentsOf(seller, context.laws.Of(tables), chances);
    scale.mean += nodes.weights[i] * at.mean;
    scale.second_moment += nodes.weights[i] * at.second_moment();
    double wins = 0;
    for (const double fresh : chances.fresh) wins += fresh;
    scale.expected_wins = std::max(scale.expected_wins, wins);
  }
  return scale;
}

const QuotaQuestion& PersonQuestions::Of(int64_t wanted, const DrawTables& tables) {
  return questions_
      .try_emplace({wanted, context_.laws.IndexOf(tables)}, seller_, context_.laws.Of(tables),
                   wanted, context_.quota_cells)
      .first->second;
}

const AmountRange& PersonQuestions::range() {
  if (range_.has_value()) return *range_;
  for (const DealLaws& laws : context_.laws.all()) {
    AmountRange of_draw;
    AddAmounts(seller_, laws, std::numeric_limits<int64_t>::max(), &of_draw);
    range_ = range_.has_value() ? Join(*range_, of_draw) : of_draw;
  }
  return *range_;
}

PersonMark::PersonMark(const ExactContext& context, const Seller& seller, const DrawTables& tables,
                       int mark_, double law_top, PersonQuestions* questions)
    : mark(mark_) {
  const Blueprint& plan = context.plan;
  const Mark& at = plan.grid.marks[mark];
  const int64_t wanted =
      plan.wanted_minor_units[static_cast<size_t>(seller.entity) * plan.grid.period_count() +
                              at.period];
  if (at.ends_period && wanted != Seller::kNoQuota) {
    question = &questions->Of(wanted, tables);
  }
  if (context.law_cells > 0) {
    law.emplace(seller, context.laws.Of(tables),
                LatticeOver(law_top, questions->range(), context.law_cells));
  }
}

NormalInterpolation InterpolationOf(const ExactContext& context, const Seller& seller,
                                    const DrawTables& tables, const PersonScale& scale) {
  const ShiftLaw shift = ShiftLawOf(seller, tables);
  return NormalInterpolation(context.rules, shift.mean, shift.sd(), scale.ShiftRatio());
}

PersonFigures FiguresOf(const ExactContext& context, const Seller& seller, const DrawTables& tables,
                        const PersonMark& at, const PersonScale& scale, bool at_points,
                        QuotaQuestion::Scratch* scratch) {
  PersonFigures figures;
  const ShiftLaw shift = ShiftLawOf(seller, tables);
  const NormalNodes nodes =
      shift.sd() == 0 ? NormalNodes{{0}, {1}} : context.rules.ForRatio(scale.ShiftRatio());
  if (at.law.has_value()) figures.law.assign(at.law->lattice().size, 0);
  for (size_t i = 0; i < nodes.points.size(); ++i) {
    const double weight = nodes.weights[i];
    const WinChances chances =
        ChancesAt(context.plan, seller, tables, at.mark, shift.mean + shift.sd() * nodes.points[i]);
    if (at.question != nullptr) {
      const QuotaQuestion::Answer answer = at.question->Ask(chances, scratch);
      figures.answer.probability += weight * answer.probability;
      figures.answer.atom += weight * answer.atom;
      figures.answer.cell_mass += weight * answer.cell_mass;
    }
    if (at.law.has_value()) {
      at.law->Law(chances, &scratch->lattice);
      for (size_t n = 0; n < figures.law.size(); ++n)
        figures.law[n] += weight * scratch->lattice.law[n];
    }
  }
  if (at_points && at.question != nullptr) {
    const NormalInterpolation interpolation = InterpolationOf(context, seller, tables, scale);
    for (const double x : interpolation.points()) {
      figures.attain_at_points.push_back(
          at.question->Ask(ChancesAt(context.plan, seller, tables, at.mark, x), scratch)
              .probability);
    }
  }
  return figures;
}

}  // namespace quotacast::simulator
