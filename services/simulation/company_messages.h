// A small company as the metrics service would describe it, for tests of the simulation service.
//
// As of 2017-09-30, forecasting 2017Q4, in USD. Team "sales" with "east" (ann, ben) and "west"
// (cy, dee) below, and "partners" without anybody. Ann, Ben and Cy have a quota of 60,000; Dee has
// none. One segment, stages "Discovery" and "Negotiation", 40 open deals of 5,000 to 14,000, every
// fifth without an amount; 8 parameter draws.
#ifndef QUOTACAST_SERVICES_SIMULATION_COMPANY_MESSAGES_H_
#define QUOTACAST_SERVICES_SIMULATION_COMPANY_MESSAGES_H_

#include <cstdint>
#include <string>

#include "google/type/date.pb.h"
#include "google/type/money.pb.h"
#include "quotacast/metrics/v1/pipeline_model.pb.h"
#include "quotacast/simulation/v1/scenario.pb.h"
#include "services/simulation/business.h"

namespace quotacast::simulation {

google::type::Date DateMessage(int year, int month, int day);
google::type::Money Dollars(int64_t units);

metrics::v1::PipelineModel CompanyModel();
StateMessages CompanyState();

// The two converted.
Business CompanyBusiness();

// An initiative for everybody, from 2017-10-02, with this effect on the win side.
v1::InitiativeChange WinInitiative(const std::string& id, double mean, double sd);

// A person joining "east" on 2017-10-16.
v1::HireChange HireIntoEast(const std::string& id);

}  // namespace quotacast::simulation

#endif  // QUOTACAST_SERVICES_SIMULATION_COMPANY_MESSAGES_H_
