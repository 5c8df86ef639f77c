// quotacastd: the services as a server process.
#include <string>
#include <vector>

#include "services/quotacastd/serve.h"

int main(int argc, char** argv) {
  return quotacast::quotacastd::Serve("quotacastd",
                                      std::vector<std::string>(argv + 1, argv + argc));
}
