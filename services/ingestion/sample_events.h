// Sound events for tests of everything that takes events.
#ifndef QUOTACAST_SERVICES_INGESTION_SAMPLE_EVENTS_H_
#define QUOTACAST_SERVICES_INGESTION_SAMPLE_EVENTS_H_

#include <string>

#include "absl/strings/str_cat.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"

namespace quotacast::ingestion {

// Opportunity `number` enters stage Proposal on a day of 2017; about 150 bytes.
inline v1::NewEvent SampleEvent(int number) {
  v1::NewEvent event;
  const std::string id = absl::StrCat("D", number);
  event.mutable_id()->set_source("crm");
  event.mutable_id()->set_source_key(absl::StrCat("opportunity/", id));
  event.mutable_id()->set_version("Proposal@2017-03-01");
  event.mutable_effective_time()->set_seconds(1'488'326'400 + number % 86'400);
  crm::v1::OpportunityChange& change = *event.mutable_event()->mutable_opportunity();
  change.set_opportunity_id(id);
  change.set_owner_rep_id("Anna Snelling");
  change.set_account_id("Acme Corporation");
  change.set_product_id("GTX Plus Basic");
  change.set_stage_id("Proposal");
  change.mutable_amount()->set_currency_code("USD");
  change.mutable_amount()->set_units(1'000 + number);
  change.mutable_created_date()->set_year(2017);
  change.mutable_created_date()->set_month(2);
  change.mutable_created_date()->set_day(1 + number % 28);
  return event;
}

// A rep with a name and a team.
inline v1::NewEvent SampleRep(const std::string& id, const std::string& name) {
  v1::NewEvent event;
  event.mutable_id()->set_source("crm");
  event.mutable_id()->set_source_key(absl::StrCat("rep/", id));
  event.mutable_id()->set_version("1");
  event.mutable_effective_time()->set_seconds(0);
  crm::v1::RepChange& change = *event.mutable_event()->mutable_rep();
  change.set_rep_id(id);
  change.set_display_name(name);
  change.set_team_id("east");
  return event;
}

}  // namespace quotacast::ingestion

#endif  // QUOTACAST_SERVICES_INGESTION_SAMPLE_EVENTS_H_
