"""Example: Linear scan with motor and detectors."""

from scantrail.daq import Detector, DeviceClient, LinearScanConfig, Motor, ScanEngine


def main():
    with DeviceClient("localhost", 5064) as client:
        # Create devices
        motor_x = Motor(pv="BL02:SAMPLE:X", client=client)
        det_i0 = Detector(pv="BL02:DET:I0", client=client)

        # Configure scan
        config = LinearScanConfig(
            motor="BL02:SAMPLE:X",
            start=-1000.0,
            stop=1000.0,
            steps=100,
            detectors=["BL02:DET:I0", "BL02:DET:IT"],
            dwell_time=0.1,
        )

        # Run scan
        engine = ScanEngine(client)
        data = engine.run_linear(config)

        # Export
        data.to_csv("scan_001.csv")
        print(f"Scan complete: {len(data.timestamps)} points")


if __name__ == "__main__":
    main()
