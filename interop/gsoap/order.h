//gsoap p service name: order
//gsoap p service namespace: urn:order
//gsoap p schema form: qualified
// What soapcpp2 makes stubs of: an operation, and the Security header.
#import "wsse.h"

struct p__ordered
{
  char *number;
};

int p__order(char *name, struct p__ordered *result);
