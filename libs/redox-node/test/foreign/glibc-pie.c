// flags: -static-pie -s
int main(void) { return 0; }
