// One person over all parameter draws and marks.
#ifndef QUOTACAST_SIMULATOR_EXACT_PERSON_PASS_H_
#define QUOTACAST_SIMULATOR_EXACT_PERSON_PASS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "simulator/engine/blueprint.h"
#include "simulator/engine/draw_tables.h"
#include "simulator/exact/amount_law.h"
#include "simulator/exact/normal_nodes.h"
#include "simulator/exact/quota_question.h"
#include "simulator/exact/seller_law.h"
#include "simulator/exact/win_chances.h"

namespace quotacast::simulator {

// What stays the same for everything that is computed. Immutable and thread-safe.
struct ExactContext {
  const Blueprint& plan;
  LawsByDraw laws;
  NormalRules rules;
  int quota_cells = 0;
  int law_cells = 0;
};

// One person, draw and mark: first figures, from few nodes, that say how many are needed.
struct PersonScale {
  double mean = 0;           // Over the shift.
  double second_moment = 0;  // E (won)^2.
  // Standard deviations of what is won given the shift, and how far one standard deviation of the
  // whole shift, or of what people share, moves its mean.
  double own_sd = 0;
  double shift_move = 0;
  double shared_move = 0;
  double expected_wins = 0;  // Largest over the nodes, for G = 1.

  double ShiftRatio() const { return own_sd > 0 ? shift_move / own_sd : 0; }
  double SharedRatio() const { return own_sd > 0 ? shared_move / own_sd : 0; }
};
PersonScale ScaleOf(const ExactContext& context, const Seller& seller, const DrawTables& tables,
                    int mark);

// The shift of a person under one draw.
struct ShiftLaw {
  double mean = 0;
  double own_variance = 0;
  double shared_sd = 0;  // Market and team.
  double sd() const;
};
ShiftLaw ShiftLawOf(const Seller& seller, const DrawTables& tables);

// The questions of one person by what is wanted and whose amounts: periods with the same quota
// share one, and draws with the same amounts.
class PersonQuestions {
 public:
  PersonQuestions(const ExactContext& context, const Seller& seller)
      : context_(context), seller_(seller) {}

  const QuotaQuestion& Of(int64_t wanted, const DrawTables& tables);
  // Of the person's amounts in all draws.
  const AmountRange& range();

 private:
  const ExactContext& context_;
  const Seller& seller_;
  std::map<std::pair<int64_t, int>, QuotaQuestion> questions_;
  std::optional<AmountRange> range_;
};

// One person at one mark, for draws with the amounts of `tables`. The lattice of the law is the
// same for all. Immutable once built and thread-safe; `questions` must outlive it.
struct PersonMark {
  PersonMark(const ExactContext& context, const Seller& seller, const DrawTables& tables, int mark,
             double law_top, PersonQuestions* questions);

  int mark = 0;
  const QuotaQuestion* question = nullptr;  // At period ends, with a quota.
  std::optional<SellerLattice> law;         // When laws are wanted.
};

// The figures of one person, draw and mark.
struct PersonFigures {
  QuotaQuestion::Answer answer;  // Over the shift.
  std::vector<double> law;       // Over the shift; empty without laws.
  // P(attain) at the points of InterpolationOf, when asked for and there is a quota.
  std::vector<double> attain_at_points;
};
PersonFigures FiguresOf(const ExactContext& context, const Seller& seller, const DrawTables& tables,
                        const PersonMark& at, const PersonScale& scale, bool at_points,
                        QuotaQuestion::Scratch* scratch);

// How functions of the person's shift are interpolated when people are put together.
NormalInterpolation InterpolationOf(const ExactContext& context, const Seller& seller,
                                    const DrawTables& tables, const PersonScale& scale);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_EXACT_PERSON_PASS_H_
