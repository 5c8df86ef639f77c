// The deals of a view, read from the histories of the book at one day: first who they name, then,
// when the view says where each name stands, their columns.
#ifndef QUOTACAST_SERVICES_METRICS_DEAL_READER_H_
#define QUOTACAST_SERVICES_METRICS_DEAL_READER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "services/metrics/book_view.h"
#include "services/metrics/deal_columns.h"
#include "services/metrics/deal_histories.h"
#include "services/metrics/name_use.h"
#include "services/metrics/opportunity_facts.h"

namespace quotacast::metrics {

// Used once, in the order of the methods; the names must not grow meanwhile.
class DealReader {
 public:
  // Reads what was so by the end of `day`, which counts from 1970-01-01.
  DealReader(std::shared_ptr<const DealHistories> histories, int32_t day,
             const OpportunityNames& names);

  // Of the deals on the day; undated ones are no deals of any day.
  size_t size() const { return places_.size(); }
  int64_t undated_count() const { return undated_count_; }
  // Facts that count, and those of them that were learned late.
  int64_t fact_count() const { return fact_count_; }
  int64_t late_count() const { return late_count_; }

  // Calls visit(id, amount) on amounts in order of the deals and then of time: on all of them, or
  // on the first alone when they are all money of one currency.
  using AmountVisitor = std::function<void(const std::string& id, const StatedAmount& amount)>;
  void VisitAmounts(const AmountVisitor& visit) const;

  // What the deals name, to be told where it stands in the view.
  NameUse& reps() { return reps_.use; }
  NameUse& segments() { return segments_.use; }
  NameUse& products() { return products_.use; }
  NameUse& accounts() { return accounts_.use; }
  NameUse& lead_sources() { return lead_sources_.use; }
  NameUse& close_reasons() { return close_reasons_.use; }
  NameUse& competitors() { return competitors_.use; }
  NameUse& stages() { return stages_; }

  // Where deals stand that name no rep, no segment or no stage.
  struct Defaults {
    int rep = -1;
    int segment = -1;
    int stage = 0;
  };
  // Fills columns, opportunities and the first day of creation of the view, whose stages are known.
  void Fill(const Defaults& defaults, BookView& view);

 private:
  // A field that names something.
  struct NameColumn {
    NameColumn(const Dictionary& names, FieldHistory<uint32_t> DealLayer::*said)
        : use(names), history(said) {}
    NameUse use;
    FieldHistory<uint32_t> DealLayer::*const history;
    std::vector<uint32_t> codes;  // By deal of the view.
  };

  // DealColumns::kNoAmount where there is none.
  struct Amounts {
    int64_t last = DealColumns::kNoAmount;
    int64_t entry = DealColumns::kNoAmount;  // The first above zero.
  };

  void Select();
  void ReadNames(NameColumn& column);
  void ReadStages();
  std::vector<int32_t> Positions(const NameColumn& column, int none) const;
  Amounts AmountsOn(const DealPlace& at) const;

  const std::shared_ptr<const DealHistories> histories_;
  const int32_t day_;
  const bool has_one_currency_;
  std::vector<uint32_t> places_;  // Of the deals, in the histories; in order of id.
  int64_t undated_count_ = 0;
  int64_t fact_count_ = 0;
  int64_t late_count_ = 0;
  NameColumn reps_;
  NameColumn segments_;
  NameColumn products_;
  NameColumn accounts_;
  NameColumn lead_sources_;
  NameColumn close_reasons_;
  NameColumn competitors_;
  NameUse stages_;
};

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_DEAL_READER_H_
