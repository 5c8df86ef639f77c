#include "services/metrics/kpi/deal_amounts.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "services/metrics/book_view.h"
#include "services/metrics/kpi/kpi.h"

namespace quotacast::metrics {

std::optional<int64_t> AmountOrListPrice(std::optional<int64_t> stated, int product,
                                         const BookView& view, AmountGaps& gaps) {
  if (stated) return stated;
  if (product >= 0) {
    const auto& price = view.products[static_cast<size_t>(product)].list_price_minor_units;
    if (price.value_or(0) > 0) {
      ++gaps.at_list_price_count;
      return price;
    }
  }
  ++gaps.without_amount_count;
  return std::nullopt;
}

void AddGapNotes(const AmountGaps& gaps, const std::string& deals, KpiColumn& column) {
  if (gaps.at_list_price_count > 0) {
    column.notes.push_back(absl::StrCat(gaps.at_list_price_count, " ", deals,
                                        " have no stated amount and count at the list price of "
                                        "their product"));
  }
  if (gaps.without_amount_count > 0) {
    column.notes.push_back(absl::StrCat(gaps.without_amount_count, " ", deals,
                                        " have neither a stated amount nor a list price and are "
                                        "not counted"));
  }
}

}  // namespace quotacast::metrics
