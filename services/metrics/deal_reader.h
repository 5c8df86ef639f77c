// The deals of a view, read from the histories of the book at one day: first who they name, then,
// when the view says where each name stands, their columns, each of which reads its histories when
// somebody asks for it.
#ifndef QUOTACAST_SERVICES_METRICS_DEAL_READER_H_
#define QUOTACAST_SERVICES_METRICS_DEAL_READER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "services/metrics/book_view.h"
#include "services/metrics/deal_columns.h"
#include "services/metrics/deal_histories.h"
#include "services/metrics/lazy_value.h"
#include "services/metrics/name_use.h"
#include "services/metrics/opportunity_facts.h"

namespace quotacast::metrics {

// Used once, in the order of the methods; the names must not grow meanwhile. What it gives out
// shares the histories and may be asked at any time.
class DealReader {
 public:
  // Reads what was so by the end of `day`, which counts from 1970-01-01.
  DealReader(std::shared_ptr<const DealHistories> histories, int32_t day,
             const OpportunityNames& names);

  // Of the deals on the day; undated ones are no deals of any day.
  size_t size() const { return deals_->places().size(); }
  int64_t undated_count() const { return undated_count_; }
  // Whether most facts that count were learned late.
  LazyValue<bool> AreMostFactsLate() const;
  // The earliest day of creation; absent without deals.
  std::optional<int32_t> FirstCreatedDay() const;

  // Calls visit(id, amount) on amounts in order of the deals and then of time: on all of them, or
  // on the first alone when they are all money of one currency.
  using AmountVisitor = std::function<void(const std::string& id, const StatedAmount& amount)>;
  void VisitAmounts(const AmountVisitor& visit) const;

  // What the deals name, to be told where it stands in the view.
  NameUse& reps() { return reps_; }
  NameUse& segments() { return segments_; }
  NameUse& products() { return products_; }
  NameUse& lead_sources() { return lead_sources_; }
  NameUse& close_reasons() { return close_reasons_; }
  NameUse& competitors() { return competitors_; }
  NameUse& stages() { return stages_; }
  // Likewise by code, for who looks at accounts at all: 1 for those that some deal names.
  LazyValue<std::vector<uint8_t>> AccountsInUse() const;

  // Where deals stand that name no rep, no segment or no stage.
  struct Defaults {
    int rep = -1;
    int segment = -1;
    int stage = 0;
  };
  // Gives the view, whose stages are known, its columns and opportunities. `account_positions` are
  // by code, -1: nowhere.
  void Fill(const Defaults& defaults, const LazyValue<std::vector<int>>& account_positions,
            BookView& view) const;

 private:
  // Deals of a day.
  struct Deals {
    std::shared_ptr<const DealHistories> histories;
    int32_t day = 0;
    bool are_all = false;            // Of the histories.
    std::vector<uint32_t> selected;  // Else their places, in order of id.

    const std::vector<uint32_t>& places() const { return are_all ? histories->places() : selected; }
  };
  friend class DealColumnReader;

  void Select(Deals& deals);
  // Whether a place is that of a deal of the day.
  bool IsThere(uint32_t place) const;
  // Notes the names that deals have on the day; of stages all that they ever had by then.
  void UseNames(NameHistory DealLayer::*history, NameUse& use) const;

  std::shared_ptr<const Deals> deals_;
  int64_t undated_count_ = 0;
  const bool has_one_currency_;
  NameUse reps_;
  NameUse segments_;
  NameUse products_;
  NameUse lead_sources_;
  NameUse close_reasons_;
  NameUse competitors_;
  NameUse stages_;
};

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_DEAL_READER_H_
