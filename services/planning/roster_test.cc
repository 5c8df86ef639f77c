// Goal: audiences become the right people. Method: a hand-made tree of teams.
#include "services/planning/roster.h"

#include <string>
#include <vector>

#include "base/errors.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace quotacast::planning {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// world > europe > nordics; world > asia (nobody). ann: nordics, bob: europe, cy: world.
metrics::v1::PipelineStateHeader Header() {
  metrics::v1::PipelineStateHeader header;
  auto add_team = [&](const char* id, const char* parent) {
    metrics::v1::StateTeam& team = *header.add_teams();
    team.set_team_id(id);
    team.set_parent_team_id(parent);
  };
  add_team("world", "");
  add_team("europe", "world");
  add_team("asia", "world");
  add_team("nordics", "europe");
  auto add_rep = [&](const char* id, const char* team) {
    metrics::v1::StateRep& rep = *header.add_reps();
    rep.set_rep_id(id);
    rep.set_team_id(team);
  };
  add_rep("cy", "world");
  add_rep("bob", "europe");
  add_rep("ann", "nordics");
  return header;
}

simulation::v1::Audience Audience(const std::vector<std::string>& reps,
                                  const std::vector<std::string>& teams) {
  simulation::v1::Audience audience;
  for (const std::string& rep : reps) audience.add_rep_ids(rep);
  for (const std::string& team : teams) audience.add_team_ids(team);
  return audience;
}

TEST(ResolveAudience, EmptyIsEverybody) {
  FieldErrors errors;
  EXPECT_THAT(ResolveAudience(Audience({}, {}), Header(), "a", errors),
              ElementsAre("ann", "bob", "cy"));
  EXPECT_TRUE(errors.empty());
}

TEST(ResolveAudience, TeamsIncludeThoseBelowAndNobodyCountsTwice) {
  FieldErrors errors;
  EXPECT_THAT(ResolveAudience(Audience({}, {"europe"}), Header(), "a", errors),
              ElementsAre("ann", "bob"));
  EXPECT_THAT(ResolveAudience(Audience({"cy", "ann"}, {"nordics"}), Header(), "a", errors),
              ElementsAre("ann", "cy"));
  EXPECT_THAT(ResolveAudience(Audience({}, {"world"}), Header(), "a", errors),
              ElementsAre("ann", "bob", "cy"));
  EXPECT_TRUE(errors.empty());
}

TEST(ResolveAudience, NamesStrangersAndEmptyTeams) {
  FieldErrors errors;
  ResolveAudience(Audience({"ann", "dan"}, {"mars", "asia"}), Header(), "a", errors);
  const ErrorDetail detail = *GetDetail(errors.Result());
  ASSERT_EQ(detail.field_violations.size(), 3u);
  EXPECT_EQ(detail.field_violations[0].field, "a.rep_ids[1]");
  EXPECT_THAT(detail.field_violations[0].description, HasSubstr("`dan`"));
  EXPECT_THAT(detail.field_violations[0].description, HasSubstr("`ann`"));
  EXPECT_EQ(detail.field_violations[1].field, "a.team_ids[0]");
  EXPECT_EQ(detail.field_violations[2].field, "a.team_ids[1]");
  EXPECT_THAT(detail.field_violations[2].description, HasSubstr("no reps"));
}

TEST(ResolveAudience, HasALimit) {
  FieldErrors errors;
  simulation::v1::Audience audience;
  for (int i = 0; i < kMaxAudienceEntries; ++i) audience.add_rep_ids("ann");
  EXPECT_THAT(ResolveAudience(audience, Header(), "a", errors), ElementsAre("ann"));
  EXPECT_TRUE(errors.empty());
  audience.add_rep_ids("ann");
  EXPECT_THAT(ResolveAudience(audience, Header(), "a", errors), IsEmpty());
  EXPECT_FALSE(errors.empty());
}

TEST(ResolveAudience, EverybodyMustBeSomebody) {
  FieldErrors errors;
  EXPECT_THAT(ResolveAudience(Audience({}, {}), metrics::v1::PipelineStateHeader(), "a", errors),
              IsEmpty());
  EXPECT_FALSE(errors.empty());
}

TEST(Roster, FindsRepsAndTeams) {
  EXPECT_TRUE(HasRep(Header(), "ann"));
  EXPECT_FALSE(HasRep(Header(), "europe"));
  EXPECT_TRUE(HasTeam(Header(), "asia"));
  EXPECT_FALSE(HasTeam(Header(), "ann"));
}

}  // namespace
}  // namespace quotacast::planning
