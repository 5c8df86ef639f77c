#include "simulator/engine/driver_tally.h"

#include <algorithm>
#include <bit>

namespace quotacast::simulator {

DriverTally::DriverTally(const Blueprint& plan)
    : counts_(plan.shape.counts_drivers),
      lanes_(static_cast<size_t>(plan.layout.batch_size)),
      words_((lanes_ + 63) / 64),
      draw_count_(plan.shape.draw_count),
      first_person_(1 + plan.shape.team_count),
      first_step_(plan.grid.first_step_of_period.back()),
      wanted_(plan.wanted_minor_units[static_cast<size_t>(plan.shape.period_count) - 1]) {
  if (!counts_) return;
  won_.resize(plan.shape.driver_deals.size() * words_);
  amounts_.resize(plan.shape.driver_deals.size() * lanes_);
  person_won_.resize(static_cast<size_t>(plan.shape.person_count) * lanes_);
}

void DriverTally::Clear() { std::fill(won_.begin(), won_.end(), 0); }

void DriverTally::AddPerson(int entity, const int64_t* won) {
  if (!counts_) return;
  std::copy(won, won + lanes_, &person_won_[static_cast<size_t>(entity - first_person_) * lanes_]);
}

void DriverTally::Close(const int64_t* org_won, int draw, Partial* into) const {
  if (!counts_) return;
  DriverCounts& counts = into->drivers;
  std::vector<uint64_t> attained(words_, 0);
  for (size_t lane = 0; lane < lanes_; ++lane) {
    if (wanted_ == Seller::kNoQuota || org_won[lane] < wanted_) continue;
    attained[lane / 64] |= uint64_t{1} << (lane % 64);
  }
  for (size_t deal = 0; deal < counts.amount_sums.size(); ++deal) {
    uint32_t won_count = 0, both_count = 0;
    __int128 amount_sum = 0, product_sum = 0;
    for (size_t word = 0; word < words_; ++word) {
      uint64_t left = won_[deal * words_ + word];
      won_count += static_cast<uint32_t>(std::popcount(left));
      both_count += static_cast<uint32_t>(std::popcount(left & attained[word]));
      for (; left != 0; left &= left - 1) {
        const size_t lane = word * 64 + static_cast<size_t>(std::countr_zero(left));
        const int64_t amount = amounts_[deal * lanes_ + lane];
        amount_sum += amount;
        product_sum += static_cast<__int128>(amount) * org_won[lane];
      }
    }
    const size_t cell = deal * static_cast<size_t>(draw_count_) + static_cast<size_t>(draw);
    counts.won[cell] += won_count;
    counts.won_and_attained[cell] += both_count;
    counts.amount_sums[deal] += amount_sum;
    counts.deal_products[deal] += product_sum;
  }
  for (size_t person = 0; person < counts.person_products.size(); ++person) {
    const int64_t* won = &person_won_[person * lanes_];
    __int128 product_sum = 0;
    for (size_t lane = 0; lane < lanes_; ++lane) {
      product_sum += static_cast<__int128>(won[lane]) * org_won[lane];
    }
    counts.person_products[person] += product_sum;
  }
}

}  // namespace quotacast::simulator
