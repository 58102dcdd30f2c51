#define UTS_RELEASE "6.6.0-mini"
