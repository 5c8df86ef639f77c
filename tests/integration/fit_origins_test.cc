// Goal: on a whole company the fit's history holds the leads the company had, and renewals follow
// the wins they came from. Method: the generator's company, mistakes and merges included, goes into
// a book event by event; leads are held against sums over the same events, renewals against what
// the generator is known to do: a renewal is written 300 to 320 days after the win, or on the next
// working day.
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "gtest/gtest.h"
#include "quotacast/crm/v1/crm_event.pb.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "services/metrics/book.h"
#include "services/metrics/book_view.h"
#include "services/metrics/converters.h"
#include "simulator/fit/fit.h"
#include "simulator/fit/history.h"
#include "simulator/model/model.h"
#include "tests/integration/generated_book.h"
#include "tools/gen/options.h"

namespace quotacast {
namespace {

struct Lead {
  std::string deal;
  bool is_given_up = false;
};

struct Sums {
  std::map<std::string, Lead> leads;
  std::set<std::string> gone_deals;  // Deleted, or merged into another.

  void Add(const ingestion::v1::NewEvent& event) {
    const crm::v1::CrmEvent& change = event.event();
    if (change.has_lead()) {
      Lead& lead = leads[change.lead().lead_id()];
      if (change.lead().has_opportunity_id()) lead.deal = change.lead().opportunity_id();
      if (change.lead().status() == crm::v1::LEAD_STATUS_DISQUALIFIED) lead.is_given_up = true;
    }
    if (change.has_merge() && change.merge().entity() == crm::v1::ENTITY_KIND_OPPORTUNITY) {
      gone_deals.insert(change.merge().from_id());
    }
    const std::string key = event.id().source_key();
    const std::string kind = "opportunity/";
    if (change.has_deletion() && key.compare(0, kind.size(), kind) == 0) {
      gone_deals.insert(key.substr(kind.size()));
    }
  }
};

class FitOriginsTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    const gen::CompanyOptions options;
    sums_ = new Sums;
    metrics::Book book;
    const absl::StatusOr<int64_t> count = AppendCompany(
        options, [](const ingestion::v1::NewEvent& event) { sums_->Add(event); }, book);
    ASSERT_TRUE(count.ok()) << count.status();
    const auto view = book.At({.effective_day = options.last_day}, options.last_day);
    ASSERT_TRUE(view.ok()) << view.status();
    view_ = *view;
    history_ = new simulator::History(metrics::ToHistory(*view_));
  }
  static void TearDownTestSuite() {
    delete sums_;
    delete history_;
    view_.reset();
  }

  static inline Sums* sums_ = nullptr;
  static inline simulator::History* history_ = nullptr;
  static inline std::shared_ptr<const metrics::BookView> view_;
};

TEST_F(FitOriginsTest, LeadsAreThoseOfTheCompany) {
  ASSERT_TRUE(simulator::ValidateHistory(*history_).ok()) << simulator::ValidateHistory(*history_);
  int64_t converted = 0, dropped = 0, open = 0, lost_sight_of = 0;
  for (const auto& [id, lead] : sums_->leads) {
    if (!lead.deal.empty()) {
      // What a deal that is gone came from is not known to be a lead.
      ++(sums_->gone_deals.count(lead.deal) > 0 ? lost_sight_of : converted);
    } else {
      ++(lead.is_given_up ? dropped : open);
    }
  }
  int64_t found[3] = {0, 0, 0};
  for (const simulator::HistoryLead& lead : history_->leads) ++found[static_cast<int>(lead.end)];
  EXPECT_EQ(found[static_cast<int>(simulator::LeadEnd::kConverted)], converted);
  EXPECT_EQ(found[static_cast<int>(simulator::LeadEnd::kDropped)], dropped);
  EXPECT_EQ(found[static_cast<int>(simulator::LeadEnd::kOpen)], open);
  EXPECT_GT(converted, 200);
  EXPECT_LT(lost_sight_of, converted / 10);
  int64_t from_leads = 0;
  for (const simulator::HistoryDeal& deal : history_->deals) {
    from_leads += deal.origin == simulator::DealOrigin::kLead ? 1 : 0;
  }
  EXPECT_EQ(from_leads, converted);
}

TEST_F(FitOriginsTest, RenewalsFollowTheWinTheyCameFrom) {
  int64_t renewals = 0, followed = 0, in_time = 0;
  for (size_t i = 0; i < history_->deals.size(); ++i) {
    const metrics::BookOpportunity& source = view_->opportunities[i];
    const simulator::HistoryDeal& deal = history_->deals[i];
    ASSERT_EQ(source.id, deal.id);
    if (source.motion != metrics::DealMotion::kRenewal) {
      EXPECT_NE(deal.origin, simulator::DealOrigin::kRenewal);
      continue;
    }
    ++renewals;
    if (deal.origin != simulator::DealOrigin::kRenewal) continue;
    ++followed;
    const int64_t age =
        deal.created - history_->deals[static_cast<size_t>(deal.predecessor)].end_day;
    in_time += age >= 300 && age <= 323 ? 1 : 0;
  }
  EXPECT_GT(renewals, 50);
  // Wins that were taken back, or moved to another account by a merge, leave a few without.
  EXPECT_GT(static_cast<double>(followed), 0.95 * static_cast<double>(renewals));
  // Accounts with several wins mix a few up.
  EXPECT_GT(static_cast<double>(in_time), 0.9 * static_cast<double>(followed));
  RecordProperty("renewals", static_cast<int>(renewals));
  RecordProperty("followed", static_cast<int>(followed));
  RecordProperty("in_time", static_cast<int>(in_time));
}

// The segment of renewals is one of their own already: no other is made.
TEST_F(FitOriginsTest, TheFitTellsLeadsAndRenewalsApart) {
  EXPECT_EQ(history_->segments, view_->segments);
  simulator::FitOptions options;
  options.draw_count = 8;
  const auto fitted = simulator::FitPipeline(*history_, options);
  ASSERT_TRUE(fitted.ok()) << fitted.status();
  const simulator::PipelineModel& model = fitted->model;
  EXPECT_EQ(model.draws[0].lead_cells.size(), model.segments.size());
  ASSERT_EQ(model.renewal_segments.size(), model.segments.size());
  for (const int segment : model.renewal_segments) {
    EXPECT_EQ(model.segments[static_cast<size_t>(segment)], "renewal");
  }
}

}  // namespace
}  // namespace quotacast
